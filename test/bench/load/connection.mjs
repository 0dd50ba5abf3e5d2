import { createHandshake } from './handshake.mjs';

// A server may look whether a connection that is idle between rounds is alive.
const MASKED_EMPTY_PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Opens one connection; what arrives after the handshake goes to `reader`, its count to `onAnswers`. */
export async function openConnection(openSocket, target, reader) {
  const opened = withResolvers();
  const handshake = target.raw ? undefined : createHandshake(target);
  let isOpen = target.raw;
  const connection = { reader, onAnswers: () => {}, write: undefined, destroy: undefined };
  const socket = await openSocket(target.port, (bytes, length) => {
    if (!isOpen) {
      isOpen = handshake.isDone(bytes.subarray(0, length), connection.write);
      if (isOpen) opened.resolve();
      return;
    }
    const count = reader.read(bytes, length);
    for (; reader.pings > 0; reader.pings--) connection.write(MASKED_EMPTY_PONG);
    if (count > 0) connection.onAnswers(count);
  });
  connection.write = socket.write;
  connection.destroy = socket.destroy;
  if (handshake !== undefined) {
    socket.write(handshake.request);
    await opened.promise;
  }
  return connection;
}

function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
