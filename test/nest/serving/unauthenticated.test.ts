import { type CanActivate, type ExecutionContext, Injectable, Logger } from '@nestjs/common';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  InvalidUse,
  UseHandshakeGuards,
  type WsConnection,
  WsConn,
  WsGateway,
  WsHandler,
} from '../../../lib/index.js';
import { UnauthenticatedQuota } from '../../../lib/nest/serving/unauthenticated-quota.js';
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

  async function serve(test: (url: string) => Promise<void>): Promise<void> {
    const setup = { providers: [Any, SomeGuard], options: { maxUnauthenticated: 1 } };
    const { app, url } = await serveApp(setup);
    try {
      await test(`${url}/any`);
    } finally {
      await app.close();
    }
  }

  const REFUSED = { status: 503 };

  it('counts connections without a user, until they have one or close', () =>
    serve(async (url) => {
      const first = await connectPeer(url);
      expect(await refusedPeer(url)).toMatchObject(REFUSED);
      expect(await refusedPeer(`${url}?user`)).toMatchObject(REFUSED);
      await first.call('login');
      const second = await connectPeer(url);
      expect(await refusedPeer(url)).toMatchObject(REFUSED);
      await second.close();
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

  it.each([-1, NaN])('refuses %s', (limit) => {
    expect(() => new UnauthenticatedQuota(limit)).toThrow(InvalidUse);
  });
});
