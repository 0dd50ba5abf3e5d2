import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InvalidUse, type VerifyClientInfo, WebSocketServer } from 'nestjs-wsgate/server';
import { ConnectionQuota } from '../../lib/server/limits/connection-quota.js';
import { networkOf } from '../../lib/server/limits/network-of.js';
import { deferred } from '../support/deferred.js';
import { until } from '../support/until.js';
import { RawPeer, upgradeRequest } from '../socket/support/raw-peer.js';
import { atEnd, next, serve } from '../socket/support/serve.js';

describe('whose an address is', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:51234', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::192.0.2.1', '0:0:0:0::/64'],
    // Not IPv4: whoever has a network of IPv6 could pass for any address of IPv4.
    ['2001:db8::ffff:192.0.2.1', '2001:db8:0:0::/64'],
    ['::1:ffff:192.0.2.1', '0:0:0:0::/64'],
    ['', ''],
    ['unknown', 'unknown'],
    ['1:2:3', '1:2:3'],
  ])('%s: %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a quota', () => {
  const statusOf = (
    quota: ConnectionQuota,
    address: string,
    transport: Duplex = new PassThrough(),
  ): number | undefined => quota.takePlace(address, transport)?.status;

  const destroyed = async (transport: Duplex): Promise<void> => {
    transport.destroy();
    await once(transport, 'close');
  };

  it('gives places by network and in all, and forgets networks that left', async () => {
    const quota = new ConnectionQuota({ total: 3, perAddress: 2 });
    const transports = ['a', 'a', 'a', 'b', 'c'].map((address) => ({
      address,
      transport: new PassThrough(),
    }));
    const taken = transports.map(({ address, transport }) => statusOf(quota, address, transport));
    expect(taken).toEqual([undefined, undefined, 429, undefined, 503]);
    expect(quota.networkCount).toBe(2);
    await Promise.all(transports.map(({ transport }) => destroyed(transport)));
    expect(quota.networkCount).toBe(0);
    expect(statusOf(quota, 'c')).toBeUndefined();
  });

  it.each(['transport', 'work'])(
    'keeps a place until both have ended, the %s last',
    async (last) => {
      const quota = new ConnectionQuota({ total: 1, perAddress: 0 });
      const transport = new PassThrough();
      const work = deferred();
      expect(statusOf(quota, 'a', transport)).toBeUndefined();
      quota.keepPlaceDuring(work.promise, transport);
      const ends = [
        () => destroyed(transport),
        () => {
          work.resolve();
          return work.promise;
        },
      ];
      for (const end of last === 'work' ? ends : ends.reverse()) {
        expect(statusOf(quota, 'a')).toBe(503);
        await end();
      }
      await work.promise;
      expect(statusOf(quota, 'a')).toBeUndefined();
    },
  );

  it('does not let one network use its addresses one by one', () => {
    const quota = new ConnectionQuota({ total: 0, perAddress: 2 });
    const addresses = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'];
    expect(addresses.map((address) => statusOf(quota, address))).toEqual([
      undefined,
      undefined,
      429,
      undefined,
    ]);
  });

  it.each([-1, NaN])('refuses %s for a limit', (value) => {
    expect(() => new WebSocketServer({ noServer: true, maxConnections: value })).toThrow(
      InvalidUse,
    );
    expect(() => new WebSocketServer({ noServer: true, maxConnectionsPerIp: value })).toThrow(
      InvalidUse,
    );
  });
});

describe('the connections of a server', () => {
  it.each([
    ['maxConnections', 503],
    ['maxConnectionsPerIp', 429],
  ])(
    '%s: one more gets %i and when to come again; a place that is free is given',
    async (option, status) => {
      const { server, port } = await serve({ [option]: 2 });
      const first = await RawPeer.join(port);
      await RawPeer.join(port);
      const third = await RawPeer.connect(port);
      third.socket.write(upgradeRequest({}));
      const { status: refused, headers } = await third.takeResponse();
      expect(refused).toBe(status);
      expect(headers['retry-after']).toBe('5');
      const [client] = server.clients;
      const closed = next(client, 'close');
      first.socket.destroy();
      await closed;
      await RawPeer.join(port);
    },
  );

  it('counts a handshake that is still being verified', async () => {
    const answers: ((isAllowed: boolean) => void)[] = [];
    const { port } = await serve({
      maxConnections: 1,
      verifyClient: () => new Promise<boolean>((resolve) => answers.push(resolve)),
    });
    const waiting = await RawPeer.connect(port);
    waiting.socket.write(upgradeRequest({}));
    await until(() => answers.length === 1);
    const second = await RawPeer.connect(port);
    second.socket.write(upgradeRequest({}));
    expect((await second.takeResponse()).status).toBe(503);
    answers[0]?.(true);
    expect(await waiting.takeHead()).toMatch(/^HTTP\/1.1 101 /);
  });
});

describe('a verifyClient that has no deadline and never answers', () => {
  it('keeps a client that has gone for 10 s, and not for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const sockets: Socket[] = [];
    const { port } = await serve({
      maxConnections: 1,
      handshakeTimeout: 0,
      verifyClient({ req }: VerifyClientInfo) {
        sockets.push(req.socket);
        return new Promise<never>(() => undefined);
      },
    });
    const gone = await RawPeer.connect(port);
    gone.socket.write(upgradeRequest({}));
    await until(() => sockets.length === 1);
    gone.socket.end();
    await next(sockets[0], 'end');
    vi.advanceTimersByTime(9_000);
    const early = await RawPeer.connect(port);
    early.socket.write(upgradeRequest({}));
    expect((await early.takeResponse()).status).toBe(503);
    const closed = next(sockets[0], 'close');
    vi.advanceTimersByTime(1_000);
    await closed;
    expect(sockets).toHaveLength(1);
    const late = await RawPeer.connect(port);
    late.socket.write(upgradeRequest({}));
    await until(() => sockets.length === 2);
  });
});

describe('a handshake handed over after its client has gone', () => {
  it('takes no place', async () => {
    const server = new WebSocketServer({ noServer: true, maxConnections: 1 });
    const http = createServer();
    http.listen(0, '127.0.0.1');
    atEnd(() => http.close());
    await next(http, 'listening');
    const { port } = http.address() as AddressInfo;
    const gone = await RawPeer.connect(port);
    gone.socket.write(upgradeRequest({}));
    const [request, transport] = (await next(http, 'upgrade')) as [IncomingMessage, Duplex];
    transport.on('error', () => undefined);
    gone.socket.resetAndDestroy();
    transport.resume();
    await next(transport, 'close');
    server.handleUpgrade(request, transport, Buffer.alloc(0), () => undefined);

    const later = await RawPeer.connect(port);
    later.socket.write(upgradeRequest({}));
    const [theirs, there] = (await next(http, 'upgrade')) as [IncomingMessage, Duplex];
    server.handleUpgrade(theirs, there, Buffer.alloc(0), (socket) => socket.terminate());
    expect(await later.takeHead()).toMatch(/^HTTP\/1.1 101 /);
  });
});
