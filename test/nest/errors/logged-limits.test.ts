import { Injectable } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { NEVER, range } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  WsgateAdapter,
  type WsConnection,
  WsGateway,
  WsHandler,
  type WsModuleOptions,
  WsServer,
} from '../../../lib/index.js';
import { connectEvents, openPeer } from '../adapter/support/event-peer.js';
import { serveApp } from '../support/gateway-app.js';
import { Lines } from '../support/lines.js';
import { deferred } from '../../support/deferred.js';
import { connectPeer, refusedPeer, type WsPeer } from '../support/ws-peer.js';

const MIB = 1024 * 1024;

@WsGateway('/limited')
@Injectable()
class LimitedGateway {
  static flooded = deferred();

  @WsHandler('never') never(): Promise<never> {
    return new Promise(() => undefined);
  }
  @WsHandler('stream') stream(): unknown {
    return NEVER;
  }
  @WsHandler('count') count(): unknown {
    return range(1, 3);
  }
  @WsHandler('flood') async flood(connection: WsConnection): Promise<void> {
    while (connection.readyState === 1) {
      connection.send('news', 'x'.repeat(MIB));
      await new Promise((resolve) => setImmediate(resolve));
    }
    LimitedGateway.flooded.resolve();
  }
}

/** What a client does to reach a limit. */
type Provocation = (peer: WsPeer) => Promise<unknown>;

const provocations: readonly (readonly [string, WsModuleOptions, Provocation, string])[] = [
  [
    'pushes that are not read',
    {},
    async (peer) => {
      peer.socket.pause();
      peer.send({ type: 'flood' });
      await LimitedGateway.flooded.promise;
      peer.socket.resume();
      expect((await peer.closed).code).toBe(1013);
    },
    'pushes came faster than they were read',
  ],
  [
    'streams',
    { maxStreamsInFlight: 1 },
    async (peer) => {
      peer.send({ type: 'stream', id: 'first' });
      expect(await peer.call('stream')).toMatchObject({ error: { code: 'OVERFLOW' } });
    },
    'OVERFLOW: Too many streams are open on this connection (LimitedGateway.stream)',
  ],
  [
    "a stream's buffer",
    { stream: { buffer: 2 } },
    async (peer) => {
      peer.send({ type: 'count', id: 'unread', credit: 0 });
      expect(await peer.next(({ op }) => op === 'error')).toMatchObject({ id: 'unread' });
    },
    'OVERFLOW: The client reads too slowly for this stream (LimitedGateway.count)',
  ],
  [
    'a deadline',
    { timeout: 20 },
    async (peer) => {
      expect(await peer.call('never')).toMatchObject({ error: { code: 'TIMEOUT' } });
    },
    'TIMEOUT: No answer within 20 ms (LimitedGateway.never)',
  ],
  [
    'a stream as an event',
    {},
    async (peer) => {
      peer.send({ type: 'stream' });
      await peer.next(({ op }) => op === 'error');
    },
    'BAD_MESSAGE: This type gives a stream: it needs an id (LimitedGateway.stream)',
  ],
];

describe('a limit that a client has reached', () => {
  it.each(provocations)(
    'is in the log, with the connection: %s',
    async (_, options, provoke, line) => {
      LimitedGateway.flooded = deferred();
      const lines = new Lines();
      const setup = { providers: [LimitedGateway], options, nest: { logger: lines } };
      const { app, url } = await serveApp(setup);
      const peer = await connectPeer(`${url}/limited`);
      const [connection] = app.get(WsServer).connections;
      await provoke(peer);
      await peer.close();
      await app.close();
      expect(lines.about(line)).toEqual([
        `connection ${connection?.id} at /limited: ${line} Wsgate`,
      ]);
    },
  );

  it.each([
    [{ maxConnections: 1 }, '503 too many connections'],
    [{ maxConnectionsPerIp: 1 }, '429 too many connections'],
    [{ maxUnauthenticated: 1 }, '503 too many handshakes'],
  ])('is in the log where there is no connection: %o', async (options, why) => {
    const lines = new Lines();
    const setup = { providers: [LimitedGateway], options, nest: { logger: lines } };
    const { app, url } = await serveApp(setup);
    const peer = await connectPeer(`${url}/limited`);
    await refusedPeer(`${url}/limited`);
    await peer.close();
    await app.close();
    const line = `refused the handshake of /limited: ${why} Wsgate`;
    expect(lines.about('refused')).toEqual([line]);
  });

  it('is in the log of the adapter', async () => {
    @WebSocketGateway()
    class EventGateway {
      @SubscribeMessage('stream') stream(): unknown {
        return NEVER;
      }
    }
    const lines = new Lines();
    const { app, url } = await serveApp({
      providers: [EventGateway],
      withoutModule: true,
      nest: { logger: lines },
      configure: (adapted) => {
        const adapter = new WsgateAdapter(adapted, { maxConnections: 1, maxStreamsInFlight: 1 });
        adapted.useWebSocketAdapter(adapter);
      },
    });
    const peer = await connectEvents(url);
    expect(await openPeer(url)).toBe(503);
    peer.sayAtOnce([{ event: 'stream' }, { event: 'stream' }]);
    expect(await peer.next()).toMatchObject({ data: { code: 'OVERFLOW' } });
    await peer.close();
    await app.close();
    const refused = 'refused the handshake of a @WebSocketGateway: 503 too many connections';
    expect(lines.about('refused')).toEqual([`${refused} Wsgate`]);
    expect(lines.about('OVERFLOW')).toEqual([
      expect.stringMatching(
        /^connection [-\w]+ at .*: OVERFLOW: Too many streams are open Wsgate$/,
      ),
    ]);
  });
});

it('logs that a handshake broke a rule', async () => {
  const lines = new Lines();
  const { app, url } = await serveApp({ providers: [LimitedGateway], nest: { logger: lines } });
  await refusedPeer(`${url}/limited?token=secret`, { protocolVersion: 8 });
  await app.close();
  expect(lines.about('refused')).toEqual([
    'refused the handshake of /limited: 426 the only version spoken here is 13 Wsgate',
  ]);
});
