import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'nestjs-wsgate/server';
import { type Certificate, makeCertificate } from './support/certificate.js';
import { atEnd, dial, next } from './support/serve.js';

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

interface Secure {
  readonly server: WebSocketServer;
  readonly url: string;
}

async function serveSecurely(): Promise<Secure> {
  const https = createServer(certificate);
  const server = new WebSocketServer({ server: https });
  https.listen(0, '127.0.0.1');
  await next(server, 'listening');
  atEnd(() => {
    for (const client of server.clients) client.terminate();
    https.close();
  });
  return { server, url: `wss://127.0.0.1:${(https.address() as AddressInfo).port}/` };
}

describe('wss://', () => {
  it('carries what the server says the moment it is connected', async () => {
    const { server, url } = await serveSecurely();
    server.on('connection', (socket) => socket.send('welcome'));
    const client = dial(url, [], { ca: certificate.cert });
    expect(await next(client, 'message')).toEqual(['welcome', false]);
  });
});
