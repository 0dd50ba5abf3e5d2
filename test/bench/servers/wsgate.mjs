import { WebSocketServer } from 'nestjs-wsgate/server';
import { serveControl, workload } from './control.mjs';

const handlers = {
  echo: (socket) => socket.on('message', (data) => socket.send(data)),
  broadcast: (socket) => socket.on('message', (data) => server.broadcast(data)),
};

const { deflate } = workload;
const small = { serverMaxWindowBits: 12, zlibDeflateOptions: { memLevel: 5 } };

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  maxPayload: workload.maxPayload,
  perMessageDeflate: deflate && { ...deflate, ...(process.env.BENCH_SMALL_WINDOW ? small : {}) },
  fastLane: !process.env.BENCH_PLAIN_LANE,
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  handlers[workload.kind](socket);
});
server.on('listening', () => serveControl(server.address().port));
