import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { WebSocketServer as WsServer } from 'ws';
import { InvalidUse, WebSocketServer } from 'nestjs-wsgate/server';
import { makeCertificate } from '../socket/support/certificate.js';
import { RawPeer, upgradeRequest } from '../socket/support/raw-peer.js';
import { atEnd, dial, next, serve } from '../socket/support/serve.js';

describe('handleUpgrade', () => {
  it('refuses a socket it was given before', async () => {
    const { server, url } = await serve();
    const client = dial(url);
    const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    const { socket } = request as { readonly socket: never };
    const again = (): void => {
      server.handleUpgrade(request as never, socket, Buffer.alloc(0), () => undefined);
    };
    expect(again).toThrow(InvalidUse);
    expect(client.readyState).toBe(client.OPEN);
  });
});

describe('an upgrade that is left to others', () => {
  it('may be reset, and ends nothing but itself', async () => {
    const http = createServer();
    atEnd(() => http.close());
    const server = new WebSocketServer({ server: http, path: '/ours' });
    atEnd(() => server.close());
    // Another listener, which knows other paths.
    http.on('upgrade', () => undefined);
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const { port } = http.address() as AddressInfo;
    const upgraded = next(http, 'upgrade') as Promise<[unknown, Socket]>;
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ path: '/theirs' }));
    const [, transport] = await upgraded;
    const closed = next(transport, 'close');
    peer.socket.resetAndDestroy();
    // With hadError: it was the reset that ended it.
    expect(await closed).toEqual([true]);
  });
});

describe('an upgrade of ours that another listener takes', () => {
  const REFUSAL = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n';

  type Take = (request: IncomingMessage, transport: Duplex, head: Buffer) => void;

  const WAYS: readonly (readonly [string, number, () => Take])[] = [
    ['refuses it', 403, () => (_request, transport) => void transport.end(REFUSAL)],
    [
      'hands it to a server that decides later',
      101,
      () => {
        const verifyClient = (): Promise<boolean> => Promise.resolve(true);
        const theirs = new WebSocketServer({ noServer: true, verifyClient });
        atEnd(() => theirs.shutdown());
        return (...upgrade) => theirs.handleUpgrade(...upgrade, (socket) => socket.close());
      },
    ],
    [
      'hands it to ws',
      101,
      () => {
        const theirs = new WsServer({ noServer: true });
        return (...upgrade) => theirs.handleUpgrade(...upgrade, (socket) => socket.close());
      },
    ],
  ];

  describe.each(['prependListener', 'on'] as const)('added with %s', (add) => {
    it.each(WAYS)('gets one answer where it %s', async (_what, status, make) => {
      const http = createServer();
      atEnd(() => http.close());
      const server = new WebSocketServer({ server: http });
      atEnd(() => server.shutdown());
      let taken = 0;
      server.on('connection', () => taken++);
      // Somebody who counts bytes takes nothing.
      http.on('connection', (socket) => socket.on('data', () => undefined));
      const take = make();
      http[add]('upgrade', (request: IncomingMessage, transport: Duplex, head: Buffer) => {
        if (request.url === '/theirs') take(request, transport, head);
      });
      await once(http.listen(0, '127.0.0.1'), 'listening');
      const { port } = http.address() as AddressInfo;

      const peer = await RawPeer.connect(port);
      peer.socket.write(upgradeRequest({ path: '/theirs' }));
      expect(await peer.takeHead()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      // The close frame of `theirs`, or nothing.
      peer.socket.end();
      expect((await peer.takeRest()).toString('latin1')).not.toContain('HTTP/1.1');
      expect(taken).toBe(0);

      const own = dial(`ws://127.0.0.1:${port}/ours`);
      await next(own, 'open');
      expect(taken).toBe(1);
    });
  });
});

describe('a request for another protocol', () => {
  /** Answers with what it has read. */
  const answer: RequestListener = (request, response) => {
    const { method, url, headers } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      response.end(JSON.stringify({ method, url, type: headers['content-type'], body }));
    });
  };

  const HEADERS =
    'Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const FORM = 'Content-Type: text/plain\r\n';
  const LONG = 'x'.repeat(200_000);

  const REQUESTS: readonly (readonly [string, string, object])[] = [
    [
      'nothing more',
      `GET /hello?a=1 HTTP/1.1\r\n${HEADERS}\r\n`,
      { method: 'GET', url: '/hello?a=1' },
    ],
    [
      'a body',
      `POST /p HTTP/1.1\r\n${HEADERS}${FORM}Content-Length: ${LONG.length}\r\n\r\n${LONG}`,
      { method: 'POST', type: 'text/plain', body: LONG },
    ],
    [
      'a body in chunks',
      `PUT /p HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      { method: 'PUT', body: 'hello' },
    ],
  ];

  const certificate = makeCertificate();

  async function start(secure: boolean): Promise<RawPeer> {
    const server = secure ? createSecureServer(certificate, answer) : createServer(answer);
    atEnd(() => server.close());
    const sockets = new WebSocketServer({ server, path: '/ours' });
    atEnd(() => sockets.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    if (!secure) return RawPeer.connect(port);
    const socket = connectSecurely({ port, host: '127.0.0.1', ca: certificate.cert });
    await once(socket, 'secureConnect');
    return new RawPeer(socket);
  }

  describe.each([false, true])('over TLS: %s', (secure) => {
    it.each(REQUESTS)('is answered like any other, with %s', async (_what, request, expected) => {
      const peer = await start(secure);
      peer.socket.write(request);
      const { status, body } = await peer.takeResponse();
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject(expected);
    });
  });

  it('is answered like any other on the path of a WebSocket, too', async () => {
    const peer = await start(false);
    peer.socket.write(`GET /ours HTTP/1.1\r\n${HEADERS}\r\n`);
    const { status, body } = await peer.takeResponse();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ method: 'GET', url: '/ours' });
  });

  it('is told to upgrade by a server that has nothing but WebSocket', async () => {
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.socket.write(`GET / HTTP/1.1\r\n${HEADERS}\r\n`);
    expect(await peer.takeResponse()).toMatchObject({
      status: 426,
      headers: { upgrade: 'websocket' },
    });
  });

  it('is a broken opening handshake if it has a key', async () => {
    const peer = await start(false);
    peer.socket.write(`GET /ours HTTP/1.1\r\n${HEADERS}Sec-WebSocket-Key: x\r\n\r\n`);
    expect(await peer.takeResponse()).toMatchObject({ status: 400 });
  });

  it('is an upgrade if WebSocket is among the protocols asked for', async () => {
    const peer = await start(false);
    peer.socket.write(`GET /hello HTTP/1.1\r\n${HEADERS.replace('h2c', 'h2c, WebSocket')}\r\n`);
    expect(await peer.takeResponse()).toMatchObject({ status: 404 });
  });
});

describe('verifyClient', () => {
  const boom = new Error('boom');
  const CHECKS = {
    throws: () => {
      throw boom;
    },
    rejects: () => Promise.reject(boom),
  };

  it.each(Object.entries(CHECKS))('that %s tells the server', async (_name, verifyClient) => {
    const { server, port } = await serve({ verifyClient });
    const told = next(server, 'error');
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    expect(await peer.takeResponse()).toMatchObject({ status: 500 });
    expect(await told).toEqual([boom]);
  });

  it('that never answers, and has no deadline, does not keep a server from shutting down', async () => {
    let ask = (): void => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const verifyClient = (): Promise<boolean> => {
      ask();
      return new Promise(() => undefined);
    };
    const { server, port } = await serve({ handshakeTimeout: 0, verifyClient });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    await asked;
    const response = peer.takeResponse();
    await server.shutdown();
    expect(await response).toMatchObject({ status: 503 });
  });
});

describe('an opening handshake', () => {
  it.each([
    ['Sec-WebSocket-Protocol', ', chat ,,superchat,'],
    ['Sec-WebSocket-Extensions', ', foo; bar=1 ,, permessage-deflate ,'],
  ])('may have empty elements in %s', async (name, value) => {
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ headers: { [name]: value } }));
    expect(await peer.takeHead()).toMatch(/^HTTP\/1.1 101 /);
  });

  it.each([
    ['Sec-WebSocket-Protocol', ','],
    ['Sec-WebSocket-Extensions', ' , '],
  ])('must have one element in %s that is not', async (name, value) => {
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest({ headers: { [name]: value } }));
    expect(await peer.takeResponse()).toMatchObject({ status: 400 });
  });
});

describe('perMessageDeflate', () => {
  it.each([{ level: 10 }, { level: 1.5 }, { memLevel: 0 }, { memLevel: 10 }])(
    'refuses %o at set-up',
    (zlibDeflateOptions) => {
      const options = { noServer: true, perMessageDeflate: { zlibDeflateOptions } };
      expect(() => new WebSocketServer(options)).toThrow(InvalidUse);
    },
  );

  it.each([NaN, -1, '10' as unknown as number])('refuses a threshold of %s', (threshold) => {
    const options = { noServer: true, perMessageDeflate: { threshold } };
    expect(() => new WebSocketServer(options)).toThrow(InvalidUse);
  });
});
