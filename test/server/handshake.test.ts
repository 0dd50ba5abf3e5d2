import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  InvalidUse,
  WebSocket,
  WebSocketServer,
  type VerifyClient,
  type VerifyClientInfo,
} from 'nestjs-wsgate/server';
import { deferred } from '../support/deferred.js';
import {
  clientFrame,
  FIN_PING,
  FIN_PONG,
  RawPeer,
  FIN_TEXT,
  upgradeRequest,
} from '../socket/support/raw-peer.js';
import { atEnd, dial, echo, fence, next, serve } from '../socket/support/serve.js';

async function refusalOf(url: string, protocols: string[] = []): Promise<number | undefined> {
  const client = dial(url, protocols);
  const [error] = await next(client, 'error');
  return (error as { statusCode?: number }).statusCode;
}

describe('a refused upgrade is a complete HTTP response', () => {
  const cases: [string, Parameters<typeof upgradeRequest>[0], number, Record<string, string>][] = [
    ['another method', { method: 'POST' }, 405, { allow: 'GET' }],
    ['HTTP/1.0', { version: '1.0' }, 400, {}],
    ['no key', { headers: { 'Sec-WebSocket-Key': undefined } }, 400, {}],
    ['a key of 15 bytes', { headers: { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j' } }, 400, {}],
    [
      'no version',
      { headers: { 'Sec-WebSocket-Version': undefined } },
      426,
      { 'sec-websocket-version': '13', connection: 'close, Upgrade' },
    ],
    [
      'version 8',
      { headers: { 'Sec-WebSocket-Version': '8' } },
      426,
      { 'sec-websocket-version': '13', connection: 'close, Upgrade' },
    ],
    ['another upgrade', { headers: { Upgrade: 'h2c' } }, 400, {}],
    ['a body', { headers: { 'Content-Length': '5' } }, 400, {}],
    ['a repeated subprotocol', { headers: { 'Sec-WebSocket-Protocol': 'a, a' } }, 400, {}],
    ['malformed extensions', { headers: { 'Sec-WebSocket-Extensions': 'a;;b' } }, 400, {}],
    ['another path', { path: '/elsewhere' }, 404, {}],
    ['the absolute form', { path: 'http://localhost/chat' }, 404, {}],
    ['a path with dots', { path: '/x/../chat' }, 404, {}],
  ];

  it.each(cases)('%s', async (_name, request, status, headers) => {
    const { port } = await serve({ path: '/chat' });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ path: '/chat', ...request }));
    const response = await peer.takeResponse();
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({ connection: 'close', ...headers });
    expect(await peer.takeRest()).toHaveLength(0);
  });

  it('after which pipelined bytes are read neither as frames nor as a request', async () => {
    const { server, port } = await serve({ path: '/chat' });
    let connections = 0;
    server.on('connection', () => connections++);
    const peer = await RawPeer.connect(port);
    peer.socket.write(
      Buffer.concat([
        Buffer.from(upgradeRequest({ path: '/elsewhere' })),
        Buffer.from(upgradeRequest({ path: '/chat' })),
        clientFrame(FIN_TEXT, 'smuggled'),
      ]),
    );
    expect((await peer.takeResponse()).status).toBe(404);
    expect(await peer.takeRest()).toHaveLength(0);
    expect(connections).toBe(0);
  });

  it('is plain HTTP for who asks without an upgrade', async () => {
    const { port } = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
    expect(await response.text()).toBe('Upgrade Required');
  });
});

describe('an upgrade behind a request that has no answer yet', () => {
  const handOver: [string, (server: WebSocketServer, http: Server) => void][] = [
    ['is cut', () => undefined],
    [
      'is cut by handleUpgrade, too',
      (server, http) => {
        http.removeAllListeners('upgrade');
        http.on('upgrade', (request, socket, head) => {
          server.handleUpgrade(request, socket, head, () => undefined);
        });
      },
    ],
  ];

  it.each(handOver)('%s', async (_name, prepare) => {
    const answer = deferred();
    const asked: string[] = [];
    const http = createServer((request, response) => {
      asked.push(request.url ?? '');
      void answer.promise.then(() => response.end('late'));
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    atEnd(() => http.close());
    const server = new WebSocketServer({ server: http, path: '/chat' });
    prepare(server, http);
    for (const path of ['/chat', '/elsewhere']) {
      const peer = await RawPeer.connect((http.address() as AddressInfo).port);
      peer.socket.write(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest({ path })}`);
      expect((await peer.takeRest()).toString()).toBe('');
    }
    // The request's handler may not know that its client is gone.
    answer.resolve();
    expect(asked).toEqual(['/slow', '/slow']);
    expect(server.clients.size).toBe(0);
  });

  it('is cut beside another listener, for which that answer would pass as its own', async () => {
    const http = createServer((_request, response) => {
      http.once('upgrade', () => setImmediate(() => response.end('late')));
    });
    atEnd(() => http.close());
    const server = new WebSocketServer({ server: http, path: '/chat' });
    atEnd(() => server.close());
    // It knows another path, and leaves what it does not know to others.
    http.on('upgrade', () => undefined);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const peer = await RawPeer.connect((http.address() as AddressInfo).port);
    const upgrade = upgradeRequest({ path: '/elsewhere' });
    peer.socket.write(`GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${upgrade}`);
    expect((await peer.takeRest()).toString()).toBe('');
  });
});

describe('frames that come with the handshake', () => {
  it('are read after connection listeners are in place', async () => {
    const { server, port } = await serve();
    echo(server);
    const peer = await RawPeer.connect(port);
    peer.socket.write(
      Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(FIN_TEXT, 'early')]),
    );
    await peer.takeHead();
    expect((await peer.takeFrame()).payload.toString()).toBe('early');
  });

  it('wait while verifyClient thinks', async () => {
    const { server, port } = await serve({
      verifyClient: (_info, answer) => setImmediate(answer, true),
    });
    echo(server);
    const peer = await RawPeer.connect(port);
    peer.socket.write(
      Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(FIN_TEXT, 'early')]),
    );
    await peer.takeHead();
    peer.socket.write(clientFrame(FIN_PING, 'later'));
    expect((await peer.takeFrame()).payload.toString()).toBe('early');
    expect(await peer.takeFrame()).toMatchObject({ firstByte: FIN_PONG });
  });
});

describe('verifyClient', () => {
  it('is told of origin, encryption and request', async () => {
    const infos: VerifyClientInfo[] = [];
    const { url } = await serve({
      verifyClient: (info: VerifyClientInfo) => {
        infos.push(info);
        return true;
      },
    });
    await next(dial(`${url}chat?a=1`, [], { origin: 'https://example.com' }), 'open');
    expect(infos[0]).toMatchObject({ origin: 'https://example.com', secure: false });
    expect(infos[0].req.url).toBe('/chat?a=1');
  });

  it.each([
    ['returns false', () => false],
    ['returns something truthy that is not true', () => 1 as unknown as boolean],
    ['resolves to false', () => Promise.resolve(false)],
  ])('refuses with 401 when it %s', async (_name, verifyClient) => {
    const { url } = await serve({ verifyClient });
    expect(await refusalOf(url)).toBe(401);
  });

  it.each([
    ['returns true', () => true],
    ['resolves to true', () => Promise.resolve(true)],
  ])('lets through when it %s', async (_name, verifyClient) => {
    const { url } = await serve({ verifyClient });
    await next(dial(url), 'open');
  });

  it('refuses with a status, text and headers of its own', async () => {
    const { port } = await serve({
      verifyClient: (_info, answer) =>
        setImmediate(answer, false, 429, 'slow down', { 'Retry-After': '7' }),
    });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    expect(await peer.takeResponse()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7', connection: 'close' },
      body: 'slow down',
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'rejects though it takes a callback',
      // eslint-disable-next-line typescript/require-await
      async (_info: VerifyClientInfo, _answer: unknown) => {
        throw new Error('secret');
      },
    ],
  ])('refuses with 500, and says no more, when it %s', async (_name, verifyClient) => {
    const { port } = await serve({ verifyClient });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    const { status, body } = await peer.takeResponse();
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
  });

  it('refuses with 503 when it never answers', async () => {
    const { url } = await serve({
      handshakeTimeout: 50,
      verifyClient: (_info, _answer) => {},
    });
    expect(await refusalOf(url)).toBe(503);
  });

  it('is heard once', async () => {
    const { server, url } = await serve({
      verifyClient: (_info, answer) => {
        answer(true);
        answer(false);
        answer(true);
      },
    });
    let connections = 0;
    server.on('connection', () => connections++);
    const client = dial(url);
    await next(client, 'open');
    await fence(client);
    expect(connections).toBe(1);
  });

  it.each<[string, VerifyClient]>([
    ['returns its answer', () => true],
    ['gives it to a callback', (_info, answer) => answer(true)],
  ])('that %s does not swallow what a connection listener throws', async (_style, verifyClient) => {
    const http = createServer();
    const server = new WebSocketServer({ noServer: true, verifyClient });
    const thrown = new Promise<unknown>((resolve) => {
      http.on('upgrade', (request, transport, head) => {
        try {
          server.handleUpgrade(request, transport, head, () => {
            throw new Error('of the application');
          });
        } catch (error) {
          transport.destroy();
          resolve(error);
        }
      });
    });
    http.listen(0, '127.0.0.1');
    await next(http, 'listening');
    atEnd(() => http.close());
    dial(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    expect(await thrown).toMatchObject({ message: 'of the application' });
  });

  it('refuses when it throws after its answer', async () => {
    const { url } = await serve({
      verifyClient: (_info, answer) => {
        answer(true);
        throw new Error('second thoughts');
      },
    });
    expect(await refusalOf(url)).toBe(500);
  });

  it('may take its time and find the client gone', async () => {
    let answerLate: (() => void) | undefined;
    let tell: (transport: Duplex) => void;
    const asked = new Promise<Duplex>((resolve) => {
      tell = resolve;
    });
    const { server, port } = await serve({
      verifyClient: (info, answer) => {
        answerLate = () => answer(true);
        tell(info.req.socket);
      },
    });
    let connections = 0;
    server.on('connection', () => connections++);
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    const transport = await asked;
    peer.socket.resetAndDestroy();
    transport.resume();
    await next(transport, 'close');
    answerLate?.();
    expect(connections).toBe(0);
  });
});

describe('handleProtocols', () => {
  it('by default takes the first the client offers', async () => {
    const { url } = await serve();
    const client = dial(url, ['b', 'a']);
    await next(client, 'open');
    expect(client.protocol).toBe('b');
  });

  it('is given a Set and the request, and chooses', async () => {
    const seen: unknown[] = [];
    const { server, url } = await serve({
      handleProtocols: (protocols, request) => {
        seen.push(protocols, request.url);
        return 'a';
      },
    });
    const client = dial(`${url}x`, ['b', 'a']);
    const [[socket]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    expect(seen).toEqual([new Set(['b', 'a']), '/x']);
    expect(client.protocol).toBe('a');
    expect((socket as WebSocket).protocol).toBe('a');
  });

  it('is not asked when nothing is offered', async () => {
    const { url } = await serve({
      handleProtocols: () => {
        throw new Error('asked');
      },
    });
    const client = dial(url);
    await next(client, 'open');
    expect(client.protocol).toBe('');
  });

  it('may choose none, which a client that offered some refuses', async () => {
    const { url } = await serve({ handleProtocols: () => false });
    const [error] = await next(dial(url, ['a']), 'error');
    expect(error).toMatchObject({ rule: 'response-subprotocol' });
  });

  it('that throws refuses with 500, and tells the server\'s "error" listeners', async () => {
    const { server, url } = await serve({
      handleProtocols: () => {
        throw new Error('of the application');
      },
    });
    const [[error], status] = await Promise.all([next(server, 'error'), refusalOf(url, ['a'])]);
    expect(error).toMatchObject({ message: 'of the application' });
    expect(status).toBe(500);
    server.removeAllListeners('error');
    expect(await refusalOf(url, ['a'])).toBe(500);
  });
});

describe('the "headers" event', () => {
  it('adds lines to the 101', async () => {
    const { server, url } = await serve();
    server.on('headers', (headers, request) => {
      headers.push(`X-Path: ${request.url}`, 'Set-Cookie: a=1', 'Set-Cookie: b=2');
    });
    const client = dial(`${url}x`);
    const [response] = await next(client, 'upgrade');
    expect((response as { headers: unknown }).headers).toMatchObject({
      'x-path': '/x',
      'set-cookie': ['a=1', 'b=2'],
    });
  });

  it('cannot be used to write a second line: the handshake is refused', async () => {
    const { server, url } = await serve();
    server.on('headers', (headers, request) => {
      headers.push(`X-Path: ${decodeURIComponent(request.url!)}`);
    });
    const [[error], status] = await Promise.all([
      next(server, 'error'),
      refusalOf(`${url}%0d%0aSet-Cookie:%20sid=evil`),
    ]);
    expect(error).toBeInstanceOf(InvalidUse);
    expect(status).toBe(500);
  });
});

describe('the "wsClientError" event', () => {
  it('hands an illegal handshake to the listener', async () => {
    const { server, port } = await serve();
    server.on('wsClientError', (error, transport, request) => {
      transport.end(
        `HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nX-Why: ${error.message}\r\nX-Url: ${request.url}\r\n\r\n`,
      );
    });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ headers: { 'Sec-WebSocket-Key': undefined } }));
    expect(await peer.takeResponse()).toMatchObject({
      status: 418,
      headers: { 'x-why': expect.stringContaining('Sec-WebSocket-Key'), 'x-url': '/' },
    });
  });

  it('is not for a legal one on another path', async () => {
    const { server, url } = await serve({ path: '/chat' });
    let errors = 0;
    server.on('wsClientError', () => errors++);
    expect(await refusalOf(url)).toBe(404);
    expect(errors).toBe(0);
  });
});

describe('handshakeTimeout', () => {
  it('ends a connection whose headers do not come', async () => {
    const { port } = await serve({ handshakeTimeout: 100 });
    const peer = await RawPeer.connect(port);
    peer.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow:');
    expect((await peer.takeHead()).split('\r\n')[0]).toMatch(/^HTTP\/1\.1 408 /);
    await peer.takeRest();
  });
});
