// The floor: the same bytes through Node's TCP sockets, no WebSocket at all.
import { createServer } from 'node:net';
import { serveControl, workload } from './control.mjs';

const sockets = new Set();

const handlers = {
  echo: (socket) => socket.on('data', (chunk) => socket.write(chunk)),
  broadcast: (socket) =>
    socket.on('data', (chunk) => {
      for (const other of sockets) other.write(chunk);
    }),
};

const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => socket.destroy());
  handlers[workload.kind](socket);
});
server.listen(0, '127.0.0.1', () => serveControl(server.address().port));
