import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ServerOptions,
  type VerifyClientInfo,
  type WebSocket,
  WebSocketServer,
} from 'nestjs-wsgate/server';
import { WebSocket as TheirSocket, WebSocketServer as TheirServer } from 'ws';
import { type Certificate, makeCertificate } from './support/certificate.js';
import { atEnd, dial, next } from './support/serve.js';
import { until } from '../support/until.js';

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate();
});

interface Secure {
  readonly server: WebSocketServer;
  readonly url: string;
}

async function serveSecurely(options: ServerOptions = {}): Promise<Secure> {
  const https = createServer(certificate);
  const server = new WebSocketServer({ ...options, server: https });
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

  it('carries text, bytes, fragments and 1 MiB both ways, with and without compression', async () => {
    for (const perMessageDeflate of [false, true]) {
      const { server, url } = await serveSecurely({ perMessageDeflate });
      server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
      const client = dial(url, [], { ca: certificate.cert });
      await next(client, 'open');
      client.send('grün');
      client.send(Buffer.from('bytes'));
      client.send('in ', { fin: false });
      client.send('parts', { fin: true });
      client.send('x'.repeat(2 ** 20));
      const received: unknown[] = [];
      await new Promise<void>((resolve) => {
        client.on('message', (data) => received.push(data) === 4 && resolve());
      });
      expect(received.slice(0, 3)).toEqual(['grün', Buffer.from('bytes'), 'in parts']);
      expect(received[3]).toHaveLength(2 ** 20);
      const closed = next(client, 'close');
      client.close(1000, 'bye');
      expect(await closed).toEqual([1000, 'bye']);
    }
  });

  it('shows in what verifyClient is told', async () => {
    const told: boolean[] = [];
    const { url } = await serveSecurely({
      verifyClient: (info: VerifyClientInfo) => told.push(info.secure) > 0,
    });
    await next(dial(url, [], { ca: certificate.cert }), 'open');
    expect(told).toEqual([true]);
  });

  it('loses no order when the application waits for nothing', async () => {
    const { server, url } = await serveSecurely();
    server.on('connection', (socket) => {
      for (let at = 0; at < 2000; at++) socket.send(String(at));
      setImmediate(() => {
        for (let at = 2000; at < 3000; at++) socket.send(String(at));
        socket.close(1000, 'that is all');
      });
    });
    const client = dial(url, [], { ca: certificate.cert });
    const received: unknown[] = [];
    client.on('message', (data) => received.push(data));
    expect(await next(client, 'close')).toEqual([1000, 'that is all']);
    expect(received).toEqual(Array.from({ length: 3000 }, (_, at) => String(at)));
  });

  it('holds no more for what is on its way than its bytes, or a ceiling would hit who is told a word', async () => {
    const { server, url } = await serveSecurely({ memoryCeiling: 4096 });
    server.on('connection', (socket) => socket.send('a word'));
    const connected = next(server, 'connection');
    const client = dial(url, [], { ca: certificate.cert });
    const [far] = await connected;
    // Sent at the end of the tick; TLS says later that it is.
    await new Promise(process.nextTick);
    const { bufferedAmount } = far as WebSocket;
    expect(bufferedAmount).toBeGreaterThan(0);
    expect(server.heldBytes).toBe(bufferedAmount);
    expect(await next(client, 'message')).toEqual(['a word', false]);
  });

  it('shows how much of a large message has left, and tells who waits for one that is lost', async () => {
    const { server, url } = await serveSecurely();
    const connected = next(server, 'connection');
    const client = dial(url, [], { ca: certificate.cert });
    const far = (await connected)[0] as WebSocket;
    await next(client, 'open');
    client.pause();
    const lost = new Promise<unknown>((resolve) => far.send(Buffer.alloc(2 ** 24), resolve));
    const atFirst = far.bufferedAmount;
    client.resume();
    await until(() => far.bufferedAmount < atFirst);
    expect(far.bufferedAmount).toBeGreaterThan(0);
    client.terminate();
    expect(await lost).toBeInstanceOf(Error);
  });

  it('refuses a certificate it does not trust', async () => {
    const { url } = await serveSecurely();
    const client = dial(url);
    expect((await next(client, 'error'))[0]).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await next(dial(url, [], { rejectUnauthorized: false }), 'open');
  });

  it('speaks with ws in both roles', async () => {
    const { server, url } = await serveSecurely();
    server.on('connection', (socket) => socket.send('from ours'));
    const theirs = new TheirSocket(url, { ca: certificate.cert });
    atEnd(() => theirs.terminate());
    expect(String((await next(theirs, 'message'))[0])).toBe('from ours');

    const https = createServer(certificate);
    const theirServer = new TheirServer({ server: https });
    theirServer.on('connection', (socket) => socket.send('from theirs'));
    https.listen(0, '127.0.0.1');
    await next(https, 'listening');
    atEnd(() => https.close());
    const { port } = https.address() as AddressInfo;
    const ours = dial(`wss://127.0.0.1:${port}`, [], { ca: certificate.cert });
    expect(await next(ours, 'message')).toEqual(['from theirs', false]);
  });
});
