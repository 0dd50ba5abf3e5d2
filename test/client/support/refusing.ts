import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'nestjs-wsgate/server';
import { onTestFinished } from 'vitest';

/** A server that refuses every handshake with 503 and these headers; answers with its address. */
export async function startRefusing(headers: Readonly<Record<string, string>>): Promise<string> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: (_info, answer) => answer(false, 503, 'not now', headers),
  });
  onTestFinished(() => server.shutdown());
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
