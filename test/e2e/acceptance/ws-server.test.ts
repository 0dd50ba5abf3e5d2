import { Injectable } from '@nestjs/common';
import {
  type OnWsOpen,
  WsConn,
  type WsConnection,
  WsGateway,
  WsHandler,
  WsServer,
} from 'nestjs-wsgate';
import { interval } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { ours, PLATFORMS, type Served, start } from '../support/serve.js';

@WsGateway('/news/:room')
class News implements OnWsOpen {
  static begun = deferred();
  static gate = deferred();

  onWsOpen(connection: WsConnection): void {
    connection.join(connection.params['room']);
    connection.send('welcome', { room: connection.params['room'] });
  }
  @WsHandler('join') join(@WsConn() connection: WsConnection): readonly string[] {
    connection.join('vip');
    return [...connection.rooms];
  }
  @WsHandler('leave') leave(@WsConn() connection: WsConnection): readonly string[] {
    connection.leave('vip');
    return [...connection.rooms];
  }
  @WsHandler('quit') quit(@WsConn() connection: WsConnection): void {
    connection.close(4000, 'as you wish');
  }
  @WsHandler('wait') async wait(): Promise<string> {
    News.begun.resolve();
    await News.gate.promise;
    return 'done';
  }
  @WsHandler('ticks') ticks(): unknown {
    return interval(1);
  }
}

@WsGateway('/other')
class Other {}

/** A service that knows nothing of gateways. */
@Injectable()
class Newsroom {
  constructor(readonly server: WsServer) {}
}

describe.each(PLATFORMS)('WsServer, on %s', (platform) => {
  let served: Served;
  let server: WsServer;
  let ada: WsPeer;
  let grace: WsPeer;
  let other: WsPeer;

  beforeEach(async () => {
    News.begun = deferred();
    News.gate = deferred();
    served = await start(ours({ platform, providers: [News, Other, Newsroom] }));
    ({ server } = served.app.get(Newsroom));
    ada = await connectPeer(`${served.url}/news/a?name=ada`);
    grace = await connectPeer(`${served.url}/news/b?name=grace`);
    other = await connectPeer(`${served.url}/other?name=other`);
    await Promise.all([ada, grace].map((peer) => peer.next(({ type }) => type === 'welcome')));
  });

  afterEach(() => served.app.close());

  function find(name: string): WsConnection {
    const found = [...server.connections].find(({ query }) => query['name'] === name);
    if (found === undefined) throw new Error(`${name} is not connected`);
    return found;
  }

  /** The types of the pushes a client got by now. */
  async function pushesOf(peer: WsPeer): Promise<readonly unknown[]> {
    peer.send({ op: 'ping' });
    await peer.next(({ op }) => op === 'pong');
    return peer.messages.flatMap(({ type }) => (type === undefined ? [] : [type]));
  }

  it('pushes from the open hook', () => {
    expect(ada.messages).toEqual([{ type: 'welcome', data: { room: 'a' } }]);
  });

  it('broadcasts to everybody, on every path', async () => {
    server.broadcast('all', 1);
    for (const peer of [ada, grace, other]) expect(await pushesOf(peer)).toContain('all');
  });

  it('pushes to rooms, each client once, and to all but some', async () => {
    expect(await ada.call('join')).toMatchObject({ data: ['a', 'vip'] });
    server.to('a', 'vip').send('to both');
    server.to('vip').send('vip');
    server.to('b').send('b');
    server.to('nobody').send('nobody');
    server.except(find('grace')).send('not grace');
    server.to('a').to('b').except(find('ada')).send('not ada');
    expect(await pushesOf(ada)).toEqual(['welcome', 'to both', 'vip', 'not grace']);
    expect(await pushesOf(grace)).toEqual(['welcome', 'b', 'not ada']);
    expect(await pushesOf(other)).toEqual(['not grace']);
  });

  it('a room that was left is left', async () => {
    await ada.call('join');
    expect(await ada.call('leave')).toMatchObject({ data: ['a'] });
    server.to('vip').send('vip');
    expect(await pushesOf(ada)).toEqual(['welcome']);
  });

  it('leaves data out of a push that has none', async () => {
    server.to('a').send('bare');
    expect(await ada.next(({ type }) => type === 'bare')).toEqual({ type: 'bare' });
  });

  it('disconnects those it is told to', async () => {
    expect(server.disconnect(({ params }) => params['room'] === 'a', 4401)).toBe(1);
    expect(await ada.closed).toMatchObject({ code: 4401 });
    expect(await pushesOf(grace)).toEqual(['welcome']);
    await until(() => server.connections.size === 2);
  });

  it('a handler may close its connection', async () => {
    ada.send({ type: 'quit' });
    expect(await ada.closed).toEqual({ code: 4000, reason: 'as you wish' });
  });

  it('drains: tells everybody, finishes calls, cuts streams, refuses newcomers', async () => {
    grace.send({ type: 'ticks', id: 't' });
    const reply = ada.call('wait');
    await News.begun.promise;
    const drained = server.drain({ timeout: 5_000, grace: 20 });
    expect(await ada.next(({ op }) => op === 'goaway')).toMatchObject({ op: 'goaway' });
    expect(await refusedPeer(`${served.url}/other`)).toMatchObject({ status: 503 });
    News.gate.resolve();
    expect(await reply).toMatchObject({ op: 'reply', data: 'done' });
    const endings = await Promise.all([ada, grace, other].map((peer) => peer.closed));
    expect(endings.map(({ code }) => code)).toEqual([1001, 1001, 1001]);
    await drained;
    expect(server.connections.size).toBe(0);
    expect(grace.messages.filter(({ op }) => op === 'goaway')).toHaveLength(1);
  });
});
