import { createHandshake } from './handshake.mjs';

/** Opens one connection; what arrives after the handshake goes to `reader`, its count to `onAnswers`. */
export async function openConnection(openSocket, target, reader) {
  const opened = withResolvers();
  const handshake = target.raw ? undefined : createHandshake(target);
  let isOpen = target.raw;
  const connection = { reader, onAnswers: () => {}, write: undefined, destroy: undefined };
  const socket = await openSocket(target.port, (bytes, length) => {
    if (!isOpen) {
      isOpen = handshake.isDone(bytes.subarray(0, length));
      if (isOpen) opened.resolve();
      return;
    }
    const count = reader.read(bytes, length);
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
