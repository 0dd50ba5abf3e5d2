// `ws`, written as its own documentation does: the message goes back as the bytes it came in.
import { WebSocketServer } from 'ws';
import { serveControl, workload } from './control.mjs';

const handlers = {
  echo: (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  // What Wsgate gives its user: a string.
  'echo-string': (socket) => socket.on('message', (data) => socket.send(data.toString())),
  call: (socket) =>
    socket.on('message', (message) => {
      const { id, data } = JSON.parse(message.toString());
      socket.send(JSON.stringify({ op: 'reply', id, data }));
    }),
  broadcast: (socket) =>
    socket.on('message', (data, isBinary) => {
      for (const client of server.clients) {
        if (client.readyState === client.OPEN) client.send(data, { binary: isBinary });
      }
    }),
};

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  maxPayload: workload.maxPayload,
  perMessageDeflate: workload.deflate ?? false,
});
const name = process.env.BENCH_STRINGS ? `${workload.kind}-string` : workload.kind;
server.on('connection', (socket) => {
  socket.on('error', () => {});
  handlers[name](socket);
});
server.on('listening', () => serveControl(server.address().port));
