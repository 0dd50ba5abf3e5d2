import { connect } from 'node:net';

// One buffer for all sockets: what arrives is looked at before the next read.
const READ_BYTES = 256 * 1024;
// Above this number of connections from one address, ports run out.
const PER_ADDRESS = 20_000;

/**
 * TCP sockets for a load that must stay cheaper than what it measures: no streams on the way in (the
 * public `onread`), and on the way out the socket's own handle where this Node has it.
 */
export function createSocketFactory() {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const writer = createHandleWriter();
  let opened = 0;

  /** `onBytes(buffer, length)` is called with bytes that are gone after it returns. */
  return function openSocket(port, onBytes) {
    return new Promise((resolve, reject) => {
      const localAddress = `127.0.0.${1 + Math.floor(opened++ / PER_ADDRESS)}`;
      const socket = connect({
        host: '127.0.0.1',
        port,
        ...(localAddress === '127.0.0.1' ? {} : { localAddress }),
        noDelay: true,
        onread: { buffer, callback: (length, bytes) => onBytes(bytes, length) },
      });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        socket.on('error', (error) => {
          throw error;
        });
        resolve({ write: (bytes) => writer(socket, bytes), destroy: () => discard(socket) });
      });
    });
  };
}

/** With a reset, so that no port is left in TIME_WAIT. */
function discard(socket) {
  socket.removeAllListeners('error');
  socket.on('error', () => {});
  socket.resetAndDestroy();
}

/** Writes through the handle (Node internals); on a Node without them, through the stream. */
function createHandleWriter() {
  const internals = readInternals();
  if (internals === undefined) return (socket, bytes) => socket.write(bytes);
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = internals;
  let request = new WriteWrap();
  return (socket, bytes) => {
    const { _handle: handle } = socket;
    if (handle === null) return;
    request.oncomplete = () => {};
    request.buffer = bytes;
    const error = handle.writeBuffer(request, bytes);
    if (error !== 0) throw new Error(`write failed: ${error}`);
    // The request of a write still under way belongs to libuv until it is done.
    if (streamBaseState[kLastWriteWasAsync] !== 0) request = new WriteWrap();
  };
}

function readInternals() {
  try {
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = process.binding('stream_wrap');
    const isComplete = [WriteWrap, streamBaseState, kLastWriteWasAsync].every(
      (one) => one !== undefined,
    );
    return isComplete ? { WriteWrap, streamBaseState, kLastWriteWasAsync } : undefined;
  } catch {
    return undefined;
  }
}
