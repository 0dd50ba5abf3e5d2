import { WebSocketServer } from 'nestjs-wsgate/server';

/** Echoes every message; on `/broadcast` everybody gets it. `ws` users know every name but `broadcast`. */
export function createServer(port: number): WebSocketServer {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port,
    perMessageDeflate: true,
    maxPayload: 64 * 1024 * 1024,
  });
  server.on('connection', (socket, request) => {
    const isBroadcast = request.url === '/broadcast';
    socket.on('message', (data, isBinary) => {
      if (isBroadcast) server.broadcast(data, { binary: isBinary });
      else socket.send(data, { binary: isBinary });
    });
  });
  return server;
}
