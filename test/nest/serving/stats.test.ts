import { Injectable, Logger, UseGuards } from '@nestjs/common';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AllowOrigins,
  WsConn,
  type WsConnection,
  WsException,
  WsGateway,
  WsHandler,
  WsPayload,
  WsServer,
} from '../../../lib/index.js';
import { Tally } from '../../../lib/nest/stats/tally.js';
import { RawPeer } from '../../socket/support/raw-peer.js';
import { until } from '../../support/until.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer, refusedPeer } from '../support/ws-peer.js';

beforeAll(() => Logger.overrideLogger(false));

@WsGateway({ path: '/any', maxPayload: 1_000 })
@AllowOrigins('https://ours.example')
@Injectable()
class Any {
  @WsHandler('fail')
  fail(@WsPayload() code: string): never {
    throw new WsException(code, 'no');
  }

  @WsHandler('refuse')
  @UseGuards({ canActivate: () => false })
  refuse(): void {}

  @WsHandler('leave')
  leave(@WsConn() connection: WsConnection): void {
    connection.close(4000);
  }
}

describe('WsServer.stats', () => {
  it('counts what was opened, closed, refused and answered with an error', async () => {
    const { app, url } = await serveApp({ providers: [Any], options: { maxConnections: 3 } });
    const server = app.get(WsServer);
    const none = { opened: 0, closed: {}, refused: {}, errors: {}, droppedPushes: 0 };
    expect(server.stats).toEqual(none);

    const failing = await connectPeer(`${url}/any`);
    for (const type of ['fail', 'nowhere', 'refuse']) await failing.call(type, 'OUR_OWN');
    failing.socket.send('{"type":"nowhere"}');
    failing.socket.send('not JSON');
    await failing.next(
      ({ error }) => (error as { code?: string } | undefined)?.code === 'BAD_MESSAGE',
    );
    const errors = { OUR_OWN: 1, FORBIDDEN: 1, UNKNOWN_TYPE: 2, BAD_MESSAGE: 1 };
    expect(server.stats).toEqual({ ...none, opened: 1, errors });

    const leaving = await connectPeer(`${url}/any`);
    const flooding = await connectPeer(`${url}/any`);
    await refusedPeer(`${url}/any`);
    leaving.socket.send('{"type":"leave"}');
    flooding.socket.send('x'.repeat(2_000));
    await Promise.all([leaving.closed, flooding.closed]);
    await until(() => server.connections.size === 1);
    await refusedPeer(`${url}/any`, { origin: 'https://evil.example' });
    // The server cuts who breaks a rule, and does not wait for a Close: 1006.
    const closed = { 4000: 1, 1006: 1 };
    const refused = { 503: 1, 403: 1 };
    expect(server.stats).toEqual({ ...none, opened: 3, closed, refused, errors });

    await app.close();
    expect(server.stats.closed).toEqual({ ...closed, 1001: 1 });
  });

  it('counts pushes that were dropped, also for connections that have gone', async () => {
    const { app, url } = await serveApp({
      providers: [Any],
      options: { push: { policy: 'drop', highWaterMark: 1 } },
    });
    const server = app.get(WsServer);
    const peer = await RawPeer.join(Number(new URL(url).port), '/any');
    peer.socket.pause();
    const [connection] = server.connections;
    const news = 'x'.repeat(2 ** 18);
    await until(() => {
      server.broadcast('news', news);
      return connection.droppedPushes > 1;
    });
    expect(server.stats.droppedPushes).toBe(connection.droppedPushes);
    peer.socket.destroy();
    await until(() => server.connections.size === 0);
    connection.send('news', news);
    expect(server.stats.droppedPushes).toBe(connection.droppedPushes);
    await app.close();
  });

  it('gives a copy', async () => {
    const { app, url } = await serveApp({ providers: [Any] });
    const before = app.get(WsServer).stats;
    await refusedPeer(`${url}/any`, { origin: 'null' });
    expect(before.refused).toEqual({});
    await app.close();
  });

  it('tells only so many codes apart', () => {
    const tally = new Tally(2);
    for (const code of ['A', '__proto__', 'B', 'A', 'C']) tally.add(code);
    expect(Object.entries(tally.read())).toEqual([
      ['A', 2],
      ['__proto__', 1],
      ['OTHER', 2],
    ]);
  });
});
