import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  InvalidUse,
  UseHandshakeGuards,
  type WsConnection,
  WsConn,
  WsGateway,
  WsHandler,
  WsServer,
} from '../../../lib/index.js';
import { UnauthenticatedQuota } from '../../../lib/nest/serving/unauthenticated-quota.js';
import { RawPeer, upgradeRequest } from '../../socket/support/raw-peer.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer, refusedPeer } from '../support/ws-peer.js';

beforeAll(() => Logger.overrideLogger(false));

describe('maxUnauthenticated', () => {
  const deciding: (() => void)[] = [];

  /** Knows who asks for `?user`, and takes its time with `?slow`. */
  @Injectable()
  class SomeGuard implements CanActivate {
    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<{ url: string; user?: object }>();
      if (request.url.includes('user')) request.user = { name: 'Ann' };
      if (request.url.includes('slow')) await new Promise<void>((go) => deciding.push(go));
      return true;
    }
  }

  @WsGateway('/any')
  @UseHandshakeGuards(SomeGuard)
  @Injectable()
  class Any {
    @WsHandler('login')
    login(@WsConn() connection: WsConnection): boolean {
      connection.user = { name: 'Ben' };
      return true;
    }
  }

  async function serve(test: (url: string, server: WsServer) => Promise<void>): Promise<void> {
    const setup = { providers: [Any, SomeGuard], options: { maxUnauthenticated: 1 } };
    const { app, url } = await serveApp(setup);
    try {
      await test(`${url}/any`, app.get(WsServer));
    } finally {
      await app.close();
    }
  }

  const REFUSED = { status: 503 };

  it('counts connections without a user, until they have one or close', () =>
    serve(async (url, server) => {
      const first = await connectPeer(url);
      expect(await refusedPeer(url)).toMatchObject(REFUSED);
      expect(await refusedPeer(`${url}?user`)).toMatchObject(REFUSED);
      await first.call('login');
      const second = await connectPeer(url);
      expect(await refusedPeer(url)).toMatchObject(REFUSED);
      await second.close();
      await until(() => server.connections.size === 1);
      await connectPeer(url);
    }));

  it('does not count users', () =>
    serve(async (url) => {
      for (let at = 0; at < 3; at++) await connectPeer(`${url}?user`);
      await connectPeer(url);
    }));

  it('counts handshakes that are being decided', () =>
    serve(async (url) => {
      const slow = connectPeer(`${url}?user&slow`);
      await until(() => deciding.length > 0);
      expect(await refusedPeer(`${url}?user`)).toMatchObject(REFUSED);
      deciding.pop()?.();
      await slow;
      await connectPeer(`${url}?user`);
    }));

  describe.each(['maxUnauthenticated', 'maxConnections'])('%s', (limit) => {
    it.each([
      ['end', (socket: Socket) => void socket.end()],
      ['close', (socket: Socket) => void socket.resetAndDestroy()],
    ])(
      'gives a place back where guards without a deadline never answer, 10 s after the %s',
      async (event, leave) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        onTestFinished(() => void vi.useRealTimers());
        const asked = deferred();
        const gone = deferred();
        const guard: CanActivate = {
          canActivate(context) {
            const { url, socket } = context.switchToHttp().getRequest<IncomingMessage>();
            if (url !== '/any?hang') return true;
            socket.once(event, () => gone.resolve());
            asked.resolve();
            return new Promise<never>(() => undefined);
          },
        };
        @WsGateway({ path: '/any', handshakeTimeout: 0 })
        @UseHandshakeGuards(guard)
        class Hanging {}
        const { app, url } = await serveApp({ providers: [Hanging], options: { [limit]: 1 } });
        onTestFinished(() => app.close());
        const client = await RawPeer.connect(Number(new URL(url).port));
        client.socket.write(upgradeRequest({ path: '/any?hang' }));
        await asked.promise;
        leave(client.socket);
        await gone.promise;
        vi.advanceTimersByTime(9_000);
        expect(await refusedPeer(`${url}/any`)).toMatchObject(REFUSED);
        await vi.advanceTimersByTimeAsync(1_000);
        await client.takeRest();
        await connectPeer(`${url}/any`);
      },
    );
  });

  it.each([-1, NaN])('refuses %s', (limit) => {
    expect(() => new UnauthenticatedQuota(limit)).toThrow(InvalidUse);
  });
});
