import {
  Agent,
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { InvalidUse, UnexpectedResponse, WebSocket } from 'nestjs-wsgate/server';
import { atEnd, dial, echo, next, pair, serve } from './support/serve.js';
import { nextUncaught } from './support/uncaught.js';

/** An HTTP server that answers upgrades with whatever `answer` writes. */
async function answerUpgrades(
  answer: (socket: Socket, request: IncomingMessage, accept: string) => void,
): Promise<string> {
  const http = createHttpServer();
  http.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'];
    const digest = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    atEnd(() => socket.destroy());
    answer(socket as Socket, request, digest.digest('base64'));
  });
  return `ws://127.0.0.1:${await listen(http)}`;
}

async function listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await next(server, 'listening');
  atEnd(() => server.close());
  return (server.address() as AddressInfo).port;
}

function switching(accept: string, ...more: string[]): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    ...more,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

describe('what new WebSocket() refuses', () => {
  it.each<[string, () => unknown]>([
    ['no URL', () => new WebSocket('chat')],
    ['another scheme', () => new WebSocket('ftp://localhost')],
    ['a fragment', () => new WebSocket('ws://localhost/#a')],
    ['a broken user', () => new WebSocket('ws://%zz@localhost')],
    ['a subprotocol that is no token', () => new WebSocket('ws://localhost', 'a b')],
    ['an empty subprotocol', () => new WebSocket('ws://localhost', [''])],
    ['a subprotocol twice', () => new WebSocket('ws://localhost', ['a', 'b', 'a'])],
    ['a negative limit', () => new WebSocket('ws://localhost', { maxPayload: -1 })],
    [
      'a threshold that is none',
      () => new WebSocket('ws://localhost', { perMessageDeflate: { threshold: NaN } }),
    ],
    ['a timeout that is none', () => new WebSocket('ws://localhost', { handshakeTimeout: NaN })],
  ])('%s', (_name, make) => {
    expect(make).toThrow(InvalidUse);
  });

  it('leaves no timer behind', () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    expect(() => new WebSocket('ws://%zz@localhost')).toThrow(InvalidUse);
    expect(() => new WebSocket('ws://localhost', { headers: { 'X-A': 'a\nb' } })).toThrow('X-A');
    expect(timers()).toBe(before);
  });
});

describe('what the client sends', () => {
  it('headers, Origin, and the user of the URL', async () => {
    const { server, url } = await serve();
    const address = new URL(`${url}chat?x=1`);
    address.username = 'ann';
    address.password = 'p%C3%A4ss';
    const client = dial(address, ['a', 'b'], {
      origin: 'https://example.com',
      headers: { Cookie: 'sid=1', 'X-List': ['1', '2'] },
    });
    const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    const { headers, url: target } = request as IncomingMessage;
    expect(target).toBe('/chat?x=1');
    expect(headers).toMatchObject({
      origin: 'https://example.com',
      cookie: 'sid=1',
      'x-list': '1, 2',
      authorization: `Basic ${Buffer.from('ann:päss').toString('base64')}`,
      'sec-websocket-protocol': 'a, b',
      'sec-websocket-version': '13',
      'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits',
    });
    expect(client.url).toBe(address.href);
  });

  it('no Origin and no extension unless asked to', async () => {
    const { request } = await pair({}, { perMessageDeflate: false });
    expect(request.headers).not.toHaveProperty('origin');
    expect(request.headers).not.toHaveProperty('sec-websocket-extensions');
  });

  it('cannot be made to replace the headers of the handshake', async () => {
    const { request } = await pair({}, { headers: { 'Sec-WebSocket-Version': '8', Upgrade: 'x' } });
    expect(request.headers).toMatchObject({ upgrade: 'websocket', 'sec-websocket-version': '13' });
  });

  it('takes options as the second argument, and http: for ws:', async () => {
    const { server, url } = await serve();
    const client = new WebSocket(url.replace('ws:', 'http:'), { headers: { 'X-A': '1' } });
    atEnd(() => client.terminate());
    const [[, request]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    expect((request as IncomingMessage).headers['x-a']).toBe('1');
    expect(client.url).toBe(url);
  });

  it('goes through an agent, or a connection of the caller', async () => {
    const { server, url } = await serve();
    echo(server);
    const used: string[] = [];
    class Noting extends Agent {
      override createConnection(...values: Parameters<Agent['createConnection']>) {
        used.push('agent');
        return super.createConnection(...values);
      }
    }
    const agent = new Noting();
    atEnd(() => agent.destroy());
    await next(dial(url, [], { agent }), 'open');
    const { port } = new URL(url);
    const createConnection = (): Socket => {
      used.push('createConnection');
      return connect({ port: Number(port), host: '127.0.0.1' });
    };
    await next(dial('ws://example.invalid/', [], { createConnection }), 'open');
    expect(used).toEqual(['agent', 'createConnection']);
  });
});

describe('what the client makes of the answer', () => {
  it.each<[string, (accept: string) => string, string]>([
    ['a wrong accept', () => switching('AAAAAAAAAAAAAAAAAAAAAAAAAAA='), 'response-accept'],
    [
      'a subprotocol it did not offer',
      (accept) => switching(accept, 'Sec-WebSocket-Protocol: x'),
      'response-subprotocol',
    ],
    [
      'an extension it did not offer',
      (accept) => switching(accept, 'Sec-WebSocket-Extensions: x'),
      'response-extension',
    ],
    [
      'a window larger than a window can be',
      (accept) =>
        switching(
          accept,
          'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16',
        ),
      'extension-parameter-invalid',
    ],
  ])(
    '%s: "error", then "close" with 1006, and the TCP connection ends',
    async (_name, say, rule) => {
      let ended: Promise<unknown> | undefined;
      const url = await answerUpgrades((socket, _request, accept) => {
        ended = next(socket, 'end');
        socket.on('error', () => {});
        socket.resume();
        socket.write(say(accept));
      });
      const client = dial(url);
      const closed = next(client, 'close');
      expect((await next(client, 'error'))[0]).toMatchObject({ rule });
      expect(await closed).toEqual([1006, '']);
      expect(client.readyState).toBe(WebSocket.CLOSED);
      await ended;
    },
  );

  it('frames that come in one packet with the 101 are messages after "open"', async () => {
    const url = await answerUpgrades((socket, _request, accept) => {
      socket.write(
        Buffer.concat([Buffer.from(switching(accept)), Buffer.from([0x81, 2, 0x68, 0x69])]),
      );
    });
    const client = dial(url);
    const order: unknown[] = [];
    client.on('upgrade', (response) => order.push('upgrade', response.statusCode));
    client.on('open', () => order.push('open', client.readyState));
    client.on('message', (data) => order.push('message', data));
    await next(client, 'message');
    expect(order).toEqual(['upgrade', 101, 'open', WebSocket.OPEN, 'message', 'hi']);
  });

  it('an answer other than 101 is an UnexpectedResponse', async () => {
    const port = await listen(
      createHttpServer((_request, response) => response.writeHead(403).end('no')),
    );
    const client = dial(`ws://127.0.0.1:${port}`);
    const closed = next(client, 'close');
    const [error] = await next(client, 'error');
    expect(error).toBeInstanceOf(UnexpectedResponse);
    expect(error).toMatchObject({ statusCode: 403 });
    expect(await closed).toEqual([1006, '']);
  });

  it('a listener of "unexpected-response" may read it, and end the socket', async () => {
    const port = await listen(
      createHttpServer((_request, response) => response.writeHead(403).end('no')),
    );
    const client = dial(`ws://127.0.0.1:${port}`);
    const [request, response] = await next(client, 'unexpected-response');
    expect((request as { method: string }).method).toBe('GET');
    const body = await (response as IncomingMessage).setEncoding('utf8').toArray();
    expect(body.join('')).toBe('no');
    expect(client.readyState).toBe(WebSocket.CONNECTING);
    client.close();
    expect(client.readyState).toBe(WebSocket.CLOSING);
    expect(await next(client, 'close')).toEqual([1006, '']);
    expect(client.readyState).toBe(WebSocket.CLOSED);
  });
});

describe('what a listener throws', () => {
  const fail = (): never => {
    throw new Error('of the application');
  };

  it.each(['upgrade', 'open'] as const)('of "%s" is told, and the socket open', async (event) => {
    const { server, url } = await serve();
    echo(server);
    const client = dial(url);
    const thrown = nextUncaught();
    client.once(event, fail);
    expect((await thrown).message).toBe('of the application');
    expect(client.readyState).toBe(WebSocket.OPEN);
    client.send('on');
    expect(await next(client, 'message')).toEqual(['on', false]);
  });

  it('of "error" is told, and "close" comes', async () => {
    const client = dial('ws://127.0.0.1:1');
    const thrown = nextUncaught();
    const closed = next(client, 'close');
    client.once('error', fail);
    expect((await thrown).message).toBe('of the application');
    expect(await closed).toEqual([1006, '']);
  });
});

describe('attempts that come to nothing', () => {
  it('nobody listens at the port: no "error" listener is needed', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    await next(server, 'close');
    expect(await next(dial(`ws://127.0.0.1:${port}`), 'close')).toEqual([1006, '']);
    const client = dial(`ws://127.0.0.1:${port}`);
    expect((await next(client, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('handshakeTimeout: a server that accepts and says nothing', async () => {
    const silent = createServer((socket) => atEnd(() => socket.destroy()));
    const client = dial(`ws://127.0.0.1:${await listen(silent)}`, [], { handshakeTimeout: 50 });
    const closed = next(client, 'close');
    expect((await next(client, 'error'))[0]).toMatchObject({
      message: expect.stringContaining('50 ms'),
    });
    expect(await closed).toEqual([1006, '']);
  });

  it.each(['close', 'terminate'] as const)('%s while connecting', async (method) => {
    const silent = createServer((socket) => atEnd(() => socket.destroy()));
    const client = dial(`ws://127.0.0.1:${await listen(silent)}`);
    expect(client.readyState).toBe(WebSocket.CONNECTING);
    expect(() => client.send('too early')).toThrow(InvalidUse);
    client[method]();
    expect(client.readyState).toBe(WebSocket.CLOSING);
    const closed = next(client, 'close');
    expect((await next(client, 'error'))[0]).toMatchObject({
      message: expect.stringContaining('before the connection was established'),
    });
    expect(await closed).toEqual([1006, '']);
    expect(client.readyState).toBe(WebSocket.CLOSED);
    const told = await new Promise((resolve) => client.send('too late', resolve));
    expect(told).toBeInstanceOf(Error);
    client.send('nobody is told');
  });

  it('close in a listener of "upgrade"', async () => {
    const { url } = await serve();
    const client = dial(url);
    client.on('upgrade', () => client.close());
    expect(await next(client, 'close')).toEqual([1006, '']);
  });
});
