import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InvalidUse, WebSocketServer } from 'nestjs-wsgate/server';
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
