import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { InvalidUse, type ServerOptions, WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
import {
  RawPeer,
  FIN_CLOSE,
  FIN_TEXT,
  clientFrame,
  upgradeRequest,
} from '../socket/support/raw-peer.js';
import { atEnd, dial, echo, fence, next, pair, serve } from '../socket/support/serve.js';

async function listen(http: Server): Promise<{ port: number; url: string }> {
  http.listen(0, '127.0.0.1');
  await next(http, 'listening');
  atEnd(() => {
    http.close();
    http.closeAllConnections();
  });
  const { port } = http.address() as AddressInfo;
  return { port, url: `ws://127.0.0.1:${port}` };
}

describe('ways of listening', () => {
  it.each<[string, ServerOptions]>([
    ['none', {}],
    ['port and server', { port: 0, server: createServer() }],
    ['port and noServer', { port: 0, noServer: true }],
    ['server and noServer', { server: createServer(), noServer: true }],
  ])('%s are refused', (_name, options) => {
    expect(() => new WebSocketServer(options)).toThrow(InvalidUse);
  });

  it.each<[string, object, string[]]>([
    ['known ones', { maxPayload: 1024, host: undefined }, []],
    [
      'a misspelled one',
      { maxPayLoads: 1024 },
      ['"maxPayLoads" does nothing here; did you mean "maxPayload"?'],
    ],
    [
      'one that is absent here',
      { skipUTF8Validation: true },
      ['"skipUTF8Validation" does nothing here'],
    ],
    ['one that was not given', { maxPayLoads: undefined }, []],
  ])('options: %s', (_name, options, expected) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    atEnd(() => warn.mockRestore());
    new WebSocketServer({ noServer: true, ...options }).close();
    expect(warn.mock.calls.map(([text]) => text)).toEqual(
      expected.map((text) => `WebSocketServer: the option ${text}`),
    );
  });

  it('port: an HTTP server of its own', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', backlog: 5 });
    atEnd(() => server.close());
    expect(server.address()).toBeNull();
    await next(server, 'listening');
    expect(server.address()).toMatchObject({ address: '127.0.0.1', family: 'IPv4' });
  });

  it('calls the constructor callback when it listens', async () => {
    await new Promise<void>((resolve) => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, resolve);
      atEnd(() => server.close());
    });
  });

  it('host ::1: over IPv6, with the address in brackets in URL and Host', async () => {
    const { server, port } = await serve({ host: '::1' });
    const client = dial(`ws://[::1]:${port}/`);
    const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    expect((request as IncomingMessage).headers.host).toBe(`[::1]:${port}`);
    expect(server.address()).toMatchObject({ family: 'IPv6' });
  });

  it('server: beside its requests', async () => {
    const http = createServer((_request, response) => response.end('page'));
    const server = new WebSocketServer({ server: http });
    echo(server);
    const { port, url } = await listen(http);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
    const client = dial(url);
    await next(client, 'open');
    client.send('hi');
    expect(await next(client, 'message')).toEqual(['hi', false]);
    expect(server.address()).toMatchObject({ port });
  });

  it('server: emits its "listening" and "error" until closed', async () => {
    const http = createServer();
    const server = new WebSocketServer({ server: http });
    const heard: string[] = [];
    server.on('listening', () => heard.push('listening'));
    server.on('error', (error) => heard.push(error.message));
    await listen(http);
    http.emit('error', new Error('first'));
    const before = http.listenerCount('error');
    server.close();
    await next(server, 'close');
    expect(http.listenerCount('error')).toBe(before - 1);
    http.on('error', () => {});
    http.emit('error', new Error('second'));
    expect(heard).toEqual(['listening', 'first']);
    expect(http.listenerCount('upgrade')).toBe(0);
  });

  it('several servers of different paths share one http.Server', async () => {
    const http = createServer();
    for (const path of ['/a', '/b']) {
      new WebSocketServer({ server: http, path }).on('connection', (socket) => socket.send(path));
    }
    const { url } = await listen(http);
    expect(await next(dial(`${url}/b?x=1`), 'message')).toEqual(['/b', false]);
    expect(await next(dial(`${url}/a`), 'message')).toEqual(['/a', false]);
    expect((await next(dial(`${url}/c`), 'error'))[0]).toMatchObject({ statusCode: 404 });
  });

  it('leaves a path nobody claims to another listener', async () => {
    const http = createServer();
    const ours = new WebSocketServer({ server: http, path: '/ours' });
    const theirs = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request: IncomingMessage, transport: Duplex, head: Buffer) => {
      if (request.url !== '/theirs') return;
      theirs.handleUpgrade(request, transport, head, (socket) => socket.send('theirs'));
    });
    const { url } = await listen(http);
    expect(await next(dial(`${url}/theirs`), 'message')).toEqual(['theirs', false]);
    expect(ours.clients.size).toBe(0);
  });

  it('answers what neither another listener nor anybody here answers, on a connection used before too', async () => {
    const http = createServer((_request, response) => response.end('page'));
    const ours = new WebSocketServer({ server: http, path: '/ours' });
    http.on('upgrade', () => {});
    const { port } = await listen(http);
    const peer = await RawPeer.connect(port);
    peer.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect((await peer.takeResponse()).body).toBe('page');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    atEnd(() => vi.useRealTimers());
    const upgrading = next(http, 'upgrade');
    peer.socket.write(upgradeRequest({ path: '/nobody' }));
    await upgrading;
    vi.advanceTimersByTime(10_000);
    expect((await peer.takeResponse()).status).toBe(404);
    expect(ours.clients.size).toBe(0);
  });

  it('noServer: serves what is handed over, and has no address', async () => {
    const server = new WebSocketServer({ noServer: true });
    expect(() => server.address()).toThrow(InvalidUse);
    const http = createServer();
    http.on('upgrade', (request, transport, head) => {
      server.handleUpgrade(request, transport, head, (socket, sameRequest) => {
        expect(sameRequest).toBe(request);
        server.emit('connection', socket, request);
      });
    });
    echo(server);
    const { url } = await listen(http);
    const client = dial(url);
    await next(client, 'open');
    expect(server.clients.size).toBe(1);
    client.send('hi');
    expect(await next(client, 'message')).toEqual(['hi', false]);
  });

  it('shouldHandle may be overridden', async () => {
    class ByHost extends WebSocketServer {
      override shouldHandle(request: IncomingMessage): boolean {
        return request.headers['x-tenant'] === 'ours';
      }
    }
    const server = new ByHost({ port: 0, host: '127.0.0.1' });
    atEnd(() => server.close());
    await next(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await next(dial(url), 'error'))[0]).toMatchObject({ statusCode: 404 });
    const client = dial(url, [], { headers: { 'X-Tenant': 'ours' } });
    await next(client, 'open');
    client.terminate();
    await next(client, 'close');
  });

  it('WebSocket: a class of the application', async () => {
    class Player extends WebSocket {
      score = 7;
    }
    const { far } = await pair({ WebSocket: Player });
    expect(far).toBeInstanceOf(Player);
    expect((far as Player).score).toBe(7);
  });

  it('a taken port is an "error" event', async () => {
    const { port } = await serve();
    const second = new WebSocketServer({ port, host: '127.0.0.1' });
    expect((await next(second, 'error'))[0]).toMatchObject({ code: 'EADDRINUSE' });
    await new Promise<void>((resolve) => second.close(() => resolve()));
  });
});

describe('clients', () => {
  it('holds open sockets, and forgets closed ones before their "close" listeners', async () => {
    const { server, near, far } = await pair();
    expect([...server.clients]).toEqual([far]);
    let sizeAtClose = -1;
    far.on('close', () => {
      sizeAtClose = server.clients.size;
    });
    near.close();
    await next(far, 'close');
    expect(sizeAtClose).toBe(0);
  });

  it('is empty with clientTracking: false', async () => {
    const { server, near, far } = await pair({ clientTracking: false });
    expect(server.clients.size).toBe(0);
    const message = next(near, 'message');
    server.broadcast('to all the same');
    expect(await message).toEqual(['to all the same', false]);
    far.terminate();
  });
});

describe('close', () => {
  it('stops accepting and waits for the sockets', async () => {
    const { server, near, url } = await pair();
    let isClosed = false;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        isClosed = true;
        resolve();
      });
    });
    expect((await next(dial(url), 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
    await fence(near);
    expect(isClosed).toBe(false);
    near.close();
    await closed;
  });

  it('of a server it was given leaves that server alone', async () => {
    const http = createServer((_request, response) => response.end('page'));
    const server = new WebSocketServer({ server: http });
    const { port, url } = await listen(http);
    const client = dial(url);
    await next(client, 'open');
    server.close();
    client.close();
    await next(server, 'close');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page');
  });

  it('twice calls both back; after the end, with an error', async () => {
    const { server } = await serve();
    const calls: unknown[] = [];
    await Promise.all([
      new Promise<void>((resolve) => server.close((error) => resolve(void calls.push(error)))),
      new Promise<void>((resolve) => server.close((error) => resolve(void calls.push(error)))),
    ]);
    expect(calls).toEqual([undefined, undefined]);
    const late = await new Promise((resolve) => server.close(resolve));
    expect(late).toBeInstanceOf(InvalidUse);
  });

  it('answers handed-over upgrades with 503', async () => {
    const http = createServer();
    const server = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request, transport, head) => {
      server.close();
      server.handleUpgrade(request, transport, head, () => {});
    });
    const { url } = await listen(http);
    expect((await next(dial(url), 'error'))[0]).toMatchObject({ statusCode: 503 });
  });
});

describe('shutdown', () => {
  it('closes every socket with 1001 and resolves when they are gone', async () => {
    const { server, url } = await serve();
    const clients = [dial(url), dial(url), dial(url)];
    await Promise.all(clients.map((client) => next(client, 'open')));
    const closes = Promise.all(clients.map((client) => next(client, 'close')));
    await server.shutdown();
    expect(server.clients.size).toBe(0);
    expect(await closes).toEqual(clients.map(() => [1001, '']));
  });

  it('knows the sockets that `clients` does not show', async () => {
    const { server, near } = await pair({ clientTracking: false });
    expect(server.clients.size).toBe(0);
    const closed = next(near, 'close');
    await server.shutdown();
    expect(await closed).toEqual([1001, '']);
  });

  it('says what it is told to', async () => {
    const { server, near } = await pair();
    const closed = next(near, 'close');
    await server.shutdown(1012, 'new version');
    expect(await closed).toEqual([1012, 'new version']);
  });

  it('delivers what was sent before', async () => {
    const { server, near, far } = await pair();
    const seen: unknown[] = [];
    near.on('message', (data) => seen.push(data));
    for (let at = 0; at < 100; at++) far.send(String(at));
    const closed = next(near, 'close');
    await server.shutdown();
    await closed;
    expect(seen).toHaveLength(100);
  });

  it('does not wait longer than closeTimeout for peers that never answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    atEnd(() => vi.useRealTimers());
    const { server, port } = await serve({ closeTimeout: 400 });
    const [peer] = await Promise.all([RawPeer.join(port), next(server, 'connection')]);
    const down = server.shutdown();
    expect((await peer.takeFrame()).firstByte).toBe(FIN_CLOSE);
    vi.advanceTimersByTime(400);
    await down;
  });

  it('does not wait for TCP connections that never ask for anything', async () => {
    const { server, port } = await serve({ handshakeTimeout: 0 });
    const silent = await RawPeer.connect(port);
    const slow = await RawPeer.connect(port);
    slow.socket.write('GET / HTTP/1.1\r\nHost:');
    const asking = await RawPeer.connect(port);
    asking.socket.write(upgradeRequest());
    await asking.takeHead();
    asking.socket.end(clientFrame(FIN_TEXT, 'last'));
    await server.shutdown();
    await Promise.all([silent.takeRest(), slow.takeRest()]);
  });
});

describe('port numbers', () => {
  it('are free again after shutdown', async () => {
    const { server, port } = await serve();
    await server.shutdown();
    const socket = createConnection({ port, host: '127.0.0.1' });
    expect((await next(socket, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
