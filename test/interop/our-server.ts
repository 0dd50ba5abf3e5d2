import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocketServer } from 'nestjs-wsgate/server';
import { obey } from './obey.js';
import { Mailbox, type RunningServer } from './talker.js';

/** Our server, as every client here needs it. */
export async function startOurServer(options: {
  readonly isCompressed: boolean;
}): Promise<RunningServer> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: 4_000_000,
    perMessageDeflate: options.isCompressed && { threshold: 0 },
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
    socket.on('message', (data) => obey(end, data));
    socket.on('pong', (payload) => socket.send(`pong ${payload.toString()}`));
    socket.on('close', (...close) => closes.put(close));
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    nextClose: () => closes.take(),
    stop: () => server.shutdown(),
  };
}
