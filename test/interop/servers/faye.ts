import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import faye from 'faye-websocket';
import { obey } from '../obey.js';
import { Mailbox, type ServerKind } from '../talker.js';

/** Knows compression only through a package of its own, which is not installed, and sends no fragments. */
export const fayeServer: ServerKind = {
  name: 'faye-websocket',
  canCompress: false,
  closeCodes: [1000, 3000, 4999],
  async start() {
    const http = createServer();
    const closes = new Mailbox<readonly [number, string]>();
    http.on('upgrade', (request, transport, head) => {
      const offered = request.headers['sec-websocket-protocol']?.split(', ') ?? [];
      const socket = new faye(request, transport, head, offered);
      const end = {
        send: (message: string | Buffer): void => void socket.send(message),
        close: (code: number, reason: string): void => socket.close(code, reason),
        ping: (payload: string): void =>
          void socket.ping(payload, () => socket.send(`pong ${payload}`)),
        sendParts: (parts: readonly string[]): void => void socket.send(parts.join('')),
      };
      socket.on('message', ({ data }: { data: string | Buffer }) => obey(end, data));
      socket.on('close', ({ code, reason }: { code: number; reason: string }) => {
        closes.put([code, reason]);
      });
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return {
      url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
      nextClose: () => closes.take(),
      stop: () => new Promise((resolve) => http.close(() => resolve())),
    };
  },
};
