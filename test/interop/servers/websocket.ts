import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import websocket from 'websocket';
import { obey } from '../obey.js';
import { Mailbox, type ServerKind } from '../talker.js';

/** Knows no extensions. Sends what is longer than `fragmentationThreshold` in fragments. */
export const websocketServer: ServerKind = {
  name: 'websocket',
  canCompress: false,
  closeCodes: [1000, 1001, 3000, 4999],
  closeAnswer: 1000,
  async start() {
    const http = createServer();
    const server = new websocket.server({
      httpServer: http,
      maxReceivedMessageSize: 4_000_000,
      maxReceivedFrameSize: 4_000_000,
      fragmentationThreshold: 1000,
    });
    const closes = new Mailbox<readonly [number, string]>();
    server.on('request', (request) => {
      const socket = request.accept(request.requestedProtocols[0], request.origin);
      const end = {
        send: (message: string | Buffer): void =>
          typeof message === 'string' ? socket.sendUTF(message) : socket.sendBytes(message),
        close: (code: number, reason: string): void => socket.close(code, reason),
        ping: (payload: string): void => socket.ping(payload),
        sendParts: (parts: readonly string[]): void => socket.sendUTF(parts.join('')),
      };
      socket.on('message', (message) => {
        obey(end, message.type === 'utf8' ? message.utf8Data : message.binaryData);
      });
      socket.on('pong', (payload: Buffer) => socket.sendUTF(`pong ${String(payload)}`));
      socket.on('close', (code, reason) => closes.put([code, reason]));
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
