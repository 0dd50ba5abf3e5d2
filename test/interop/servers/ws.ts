import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { obey } from '../obey.js';
import { Mailbox, type ServerKind } from '../talker.js';

export const wsServer: ServerKind = {
  name: 'ws',
  canCompress: true,
  closeCodes: [1000, 1001, 3000, 4999],
  async start({ isCompressed }) {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: isCompressed && { threshold: 0 },
    });
    const closes = new Mailbox<readonly [number, string]>();
    server.on('connection', (socket) => {
      const end = {
        send: (message: string | Buffer): void => socket.send(message),
        close: (code: number, reason: string): void => socket.close(code, reason),
        ping: (payload: string): void => socket.ping(payload),
        sendParts(parts: readonly string[]): void {
          for (const [at, part] of parts.entries()) {
            socket.send(part, { fin: at === parts.length - 1 });
          }
        },
      };
      socket.on('message', (data: Buffer, isBinary) => obey(end, isBinary ? data : String(data)));
      socket.on('pong', (payload) => socket.send(`pong ${String(payload)}`));
      socket.on('close', (code, reason) => closes.put([code, String(reason)]));
    });
    await once(server, 'listening');
    return {
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      nextClose: () => closes.take(),
      stop: () => new Promise((resolve) => server.close(() => resolve())),
    };
  },
};
