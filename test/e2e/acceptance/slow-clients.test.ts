import { once } from 'node:events';
import {
  type PushPolicy,
  type StreamOverflow,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsServer,
  WsSignal,
} from 'nestjs-wsgate';
import { type Observable, range } from 'rxjs';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { ours, serve } from '../support/serve.js';

const CHUNK = 'x'.repeat(64 * 1024);
const MIB = 1024 * 1024;

describe('pushes to a client that reads nothing', () => {
  function gatewayWith(policy: PushPolicy): new () => object {
    @WsGateway({ path: '/news', push: { policy, highWaterMark: MIB } })
    class News {}
    return News;
  }

  /** Pushes until the policy shows, and tells how much waited at worst. */
  async function flood(
    server: WsServer,
    isOver: (connection: WsConnection) => boolean,
  ): Promise<number> {
    const [connection] = server.connections;
    let worst = 0;
    await until(() => {
      connection.send('chunk', CHUNK);
      worst = Math.max(worst, connection.bufferedAmount);
      return isOver(connection);
    });
    return worst;
  }

  it('close: with 1013', () =>
    serve(ours({ providers: [gatewayWith('close')] }), async ({ app, url }) => {
      const peer = await connectPeer(`${url}/news`);
      peer.socket.pause();
      const worst = await flood(app.get(WsServer), ({ readyState }) => readyState !== 1);
      expect(worst).toBeLessThan(MIB + 2 * CHUNK.length);
      peer.socket.resume();
      expect(await peer.closed).toMatchObject({ code: 1013 });
    }));

  it('drop: the new ones, counted', () =>
    serve(ours({ providers: [gatewayWith('drop')] }), async ({ app, url }) => {
      const server = app.get(WsServer);
      const peer = await connectPeer(`${url}/news`);
      peer.socket.pause();
      const worst = await flood(server, ({ droppedPushes }) => droppedPushes > 10);
      expect(worst).toBeLessThan(MIB + 2 * CHUNK.length);
      peer.socket.resume();
      const [connection] = server.connections;
      await until(() => connection.bufferedAmount === 0);
      connection.send('after');
      await peer.next(({ type }) => type === 'after');
    }));

  it('latest: the newest of each type', () =>
    serve(ours({ providers: [gatewayWith('latest')] }), async ({ app, url }) => {
      const server = app.get(WsServer);
      const peer = await connectPeer(`${url}/news`);
      peer.socket.pause();
      await flood(server, ({ bufferedAmount }) => bufferedAmount >= MIB);
      for (let price = 1; price <= 100; price++) server.broadcast('price', price);
      server.broadcast('other', 1);
      peer.socket.resume();
      await peer.next(({ type }) => type === 'other');
      const prices = peer.messages.filter(({ type }) => type === 'price');
      expect(prices).toEqual([{ type: 'price', data: 100 }]);
    }));
});

describe('Observables that are faster than the credit of their client', () => {
  function gatewayWith(overflow: StreamOverflow): new () => object {
    @WsGateway('/numbers')
    class Numbers {
      @WsHandler('count', { stream: { overflow, buffer: 3 } }) count(): Observable<number> {
        return range(1, 10);
      }
    }
    return Numbers;
  }

  it.each<[StreamOverflow, readonly unknown[], object]>([
    ['dropOldest', [1, 8, 9, 10], { op: 'complete' }],
    ['dropNewest', [1, 2, 3, 4], { op: 'complete', dropped: 6 }],
    ['latest', [1, 10], { op: 'complete' }],
    ['buffer', [1], { op: 'error', error: { code: 'OVERFLOW' } }],
    ['error', [1], { op: 'error', error: { code: 'OVERFLOW' } }],
  ])('%s', (overflow, values, end) =>
    serve(ours({ providers: [gatewayWith(overflow)] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/numbers`);
      peer.send({ type: 'count', id: 1, credit: 1 });
      peer.send({ op: 'credit', id: 1, n: 100 });
      const last = await peer.next(({ op }) => op !== 'next');
      const nexts = peer.messages.filter(({ op }) => op === 'next');
      expect(last).toMatchObject({ id: 1, ...end });
      if ((end as { op: string }).op === 'complete') {
        expect(nexts.map(({ data }) => data)).toEqual(values);
        const dropped = [...nexts, last].reduce((sum, m) => sum + (m.dropped ?? 0), 0);
        expect(nexts.length + dropped).toBe(10);
      }
    }),
  );
});

describe('the AbortSignal of a call', () => {
  let signal: AbortSignal | undefined;
  let begun = deferred();

  @WsGateway('/work')
  class Work {
    @WsHandler('work') async work(@WsSignal() given: AbortSignal): Promise<void> {
      signal = given;
      begun.resolve();
      await once(given, 'abort');
    }
  }

  afterEach(() => {
    begun = deferred();
  });

  it.each<[string, (peer: WsPeer) => void]>([
    ['cancels', (peer) => peer.send({ op: 'cancel', id: 'w' })],
    ['closes', (peer) => peer.socket.close()],
    ['vanishes', (peer) => peer.socket.terminate()],
  ])('fires when the client %s', (_what, go) =>
    serve(ours({ providers: [Work] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/work`);
      peer.send({ type: 'work', id: 'w' });
      await begun.promise;
      expect(signal?.aborted).toBe(false);
      go(peer);
      await until(() => signal?.aborted === true);
      expect(peer.messages).toEqual([]);
    }),
  );
});

describe('the heartbeat', () => {
  const LOOK = 20_000;

  @WsGateway({ path: '/alive', heartbeatInterval: LOOK * 2 })
  class Alive {}

  it('finds clients that are gone without a word, and leaves the others', () =>
    serve(ours({ providers: [Alive] }), async ({ app, url }) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const dead = await connectPeer(`${url}/alive?dead`, { autoPong: false });
      const alive = await connectPeer(`${url}/alive`);
      for (let looks = 0; looks < 3; looks++) {
        vi.advanceTimersByTime(LOOK);
        alive.socket.ping();
        await once(alive.socket, 'pong');
      }
      expect(await dead.closed).toMatchObject({ code: 1006 });
      expect(alive.socket.readyState).toBe(1);
      expect(app.get(WsServer).connections.size).toBe(1);
    }));
});
