import { PassThrough } from 'node:stream';
import { type CanActivate, Injectable, Logger, type Type } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type OnWsOpen,
  UseHandshakeGuards,
  type WsConnection,
  WsGateway,
  WsServer,
} from '../../../lib/index.js';
import { PendingHandshakes } from '../../../lib/nest/push/pending-handshakes.js';
import { type Deferred, deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

const opened: unknown[] = [];

function gatewayWith(...guards: readonly CanActivate[]): Type {
  @WsGateway('/')
  @UseHandshakeGuards(...guards)
  @Injectable()
  class Gateway implements OnWsOpen {
    onWsOpen(connection: WsConnection): void {
      opened.push(connection.query['name']);
    }
  }
  return Gateway;
}

/** Lets in who comes once the test says so. */
class SlowGuard implements CanActivate {
  /** Resolves when two have come. */
  readonly asked: Deferred = deferred();
  readonly gate: Deferred = deferred();
  private count = 0;

  async canActivate(): Promise<boolean> {
    if (++this.count === 2) this.asked.resolve();
    await this.gate.promise;
    return true;
  }
}

afterEach(() => {
  opened.length = 0;
  vi.restoreAllMocks();
});

describe('WsServer.disconnect', () => {
  it('closes the others when the predicate throws for one, and says so in the log', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const { app, url } = await serveApp({ providers: [gatewayWith()] });
    const [a, b, c] = [
      await connectPeer(`${url}/?name=a`),
      await connectPeer(`${url}/?name=b`),
      await connectPeer(`${url}/?name=c`),
    ];
    const server = app.get(WsServer);
    const count = server.disconnect(({ query }) => {
      if (query['name'] === 'b') throw new Error('no user');
      return true;
    });
    expect(count).toBe(2);
    expect(await a.closed).toMatchObject({ code: 4403 });
    expect(await c.closed).toMatchObject({ code: 4403 });
    expect(b.socket.readyState).toBe(1);
    expect(error.mock.calls).toEqual([
      [
        'the predicate of disconnect failed; connections that stay open by that: 1: no user',
        expect.stringContaining('no user'),
      ],
    ]);
    await app.close();
  });

  it('does not fill the log', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { app, url } = await serveApp({ providers: [gatewayWith()] });
    await connectPeer(`${url}/?name=a`);
    const server = app.get(WsServer);
    for (let times = 0; times < 40; times++) {
      server.disconnect(() => {
        throw new Error('no user');
      });
    }
    expect(error).toHaveBeenCalledTimes(30);
    await app.close();
    const left = 'the predicate of disconnect failed: 10 times more, not logged';
    expect(warn.mock.calls).toContainEqual([left]);
  });

  it('refuses a code or a reason that may not be sent, whoever is there', async () => {
    const { app } = await serveApp({ providers: [gatewayWith()] });
    const server = app.get(WsServer);
    expect(() => server.disconnect(() => true, 1005)).toThrow('1005 is not a code');
    expect(() => server.disconnect(() => true, 4401, 'x'.repeat(124))).toThrow('123 fit');
    await app.close();
  });

  it('refuses a predicate that is not a function', async () => {
    const { app } = await serveApp({ providers: [gatewayWith()] });
    const user = 'ada' as unknown as () => boolean;
    expect(() => app.get(WsServer).disconnect(user)).toThrow(
      'disconnect: "ada" given; expected (connection) => boolean',
    );
    await app.close();
  });

  it('reaches who is on the way in, and nobody who comes later', async () => {
    const guard = new SlowGuard();
    const { app, url } = await serveApp({ providers: [gatewayWith(guard)] });
    const server = app.get(WsServer);
    const arriving = ['ann', 'bob'].map((name) => connectPeer(`${url}/?name=${name}`));
    await guard.asked.promise;
    expect(server.disconnect(({ query }) => query['name'] === 'ann', 4401)).toBe(0);
    guard.gate.resolve();
    const [ann, bob] = await Promise.all(arriving);
    expect(await ann?.closed).toMatchObject({ code: 4401 });
    const again = await connectPeer(`${url}/?name=ann`);
    await until(() => opened.length === 2);
    expect(opened).toEqual(['bob', 'ann']);
    expect([bob?.socket.readyState, again.socket.readyState]).toEqual([1, 1]);
    await app.close();
  });
});

describe('the disconnections a pending handshake has missed', () => {
  const named = (reason: string) => ({ picks: () => true, code: 4401, reason });
  const reasons = (missed: readonly { readonly reason: string }[]): readonly string[] =>
    missed.map(({ reason }) => reason);

  it('are those between its beginning and its end', () => {
    const handshakes = new PendingHandshakes();
    const [one, two, three] = [new PassThrough(), new PassThrough(), new PassThrough()];
    handshakes.note(named('nobody was there'));
    handshakes.begin(one);
    handshakes.note(named('a'));
    handshakes.begin(two);
    handshakes.note(named('b'));
    expect(reasons(handshakes.end(one))).toEqual(['a', 'b']);
    handshakes.begin(three);
    handshakes.note(named('c'));
    expect(reasons(handshakes.end(three))).toEqual(['c']);
    expect(reasons(handshakes.end(two))).toEqual(['b', 'c']);
    expect(handshakes.end(two)).toEqual([]);
    handshakes.begin(one);
    expect(handshakes.end(one)).toEqual([]);
  });
});
