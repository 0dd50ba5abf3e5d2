import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Scope,
  UseGuards,
  Controller,
  type CallHandler,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, REQUEST } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type OnWsClose,
  type OnWsOpen,
  UseHandshakeGuards,
  WsConnection,
  WsGateway,
  WsHandler,
} from '../../../lib/index.js';
import type { AppSetup } from '../support/gateway-app.js';
import { serveApp } from '../support/gateway-app.js';
import { connectPeer } from '../support/ws-peer.js';

const made: string[] = [];
afterEach(() => made.splice(0));

@Injectable({ scope: Scope.REQUEST })
class PerConnection {
  readonly id = made.push('service');
  constructor(@Inject(REQUEST) readonly connection: WsConnection) {}
}

@Injectable({ scope: Scope.REQUEST })
class ScopedGuard implements CanActivate {
  readonly isReal = made.push('guard') > 0;
  constructor(@Inject(REQUEST) private readonly request: { readonly headers: object }) {}

  canActivate(context: ExecutionContext): boolean {
    return this.isReal && this.request === context.switchToHttp().getRequest();
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientInterceptor implements NestInterceptor {
  readonly isReal = made.push('interceptor') > 0;
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => ({ value, isReal: this.isReal })));
  }
}

@WsGateway('/scoped')
@Injectable()
class ScopedGateway implements OnWsOpen, OnWsClose {
  private count = made.push('gateway') - made.length;
  constructor(private readonly service: PerConnection) {}

  onWsOpen(connection: WsConnection): void {
    connection.data['isRequest'] = this.service.connection === connection;
  }
  onWsClose(): void {
    made.push(`closed after ${this.count}`);
  }
  @WsHandler('count') next(connection: WsConnection): unknown {
    return { count: ++this.count, isRequest: connection.data['isRequest'] };
  }
}

@WsGateway('/static')
@Injectable()
class StaticGateway {
  @WsHandler('ping') ping(): unknown {
    return 'pong';
  }
}

@Controller()
class ScopedController {
  @UseGuards(ScopedGuard)
  @WsHandler('ping')
  ping(): unknown {
    return 'pong';
  }
}

@WsGateway('/guarded')
@UseHandshakeGuards(ScopedGuard)
@Injectable()
class GuardedGateway {
  @WsHandler('ping') ping(): unknown {
    return 'pong';
  }
}

async function withApp(setup: AppSetup, test: (url: string) => Promise<void>): Promise<void> {
  const { app, url } = await serveApp(setup);
  try {
    await test(url);
  } finally {
    await app.close();
  }
}

describe('request scope', () => {
  it('gives each connection a gateway of its own, with it as REQUEST', () =>
    withApp({ providers: [PerConnection, ScopedGateway] }, async (url) => {
      const [one, two] = [await connectPeer(`${url}/scoped`), await connectPeer(`${url}/scoped`)];
      const data = (count: number): object => ({ data: { count, isRequest: true } });
      expect(await one.call('count')).toMatchObject(data(1));
      expect(await one.call('count')).toMatchObject(data(2));
      expect(await two.call('count')).toMatchObject(data(1));
      await Promise.all([one.close(), two.close()]);
      expect(made.filter((what) => what === 'gateway')).toHaveLength(2);
      expect(made.filter((what) => what === 'service')).toHaveLength(2);
    }));

  it('applies a scoped APP_GUARD to gateways, at the handshake and per message', () =>
    withApp(
      { providers: [StaticGateway, { provide: APP_GUARD, useClass: ScopedGuard }] },
      async (url) => {
        const peer = await connectPeer(`${url}/static`);
        expect(await peer.call('ping')).toMatchObject({ op: 'reply', data: 'pong' });
        await peer.close();
        expect(made).toEqual(['guard', 'guard']);
      },
    ));

  it('applies scoped guards of a controller', () =>
    withApp({ controllers: [ScopedController] }, async (url) => {
      const peer = await connectPeer(`${url}/ws`);
      expect(await peer.call('ping')).toMatchObject({ op: 'reply', data: 'pong' });
      expect(await peer.call('ping')).toMatchObject({ op: 'reply', data: 'pong' });
      await peer.close();
      expect(made).toEqual(['guard']);
    }));

  it('applies scoped handshake guards, with the upgrade request as REQUEST', () =>
    withApp({ providers: [GuardedGateway] }, async (url) => {
      const peer = await connectPeer(`${url}/guarded`);
      expect(await peer.call('ping')).toMatchObject({ op: 'reply' });
      await peer.close();
    }));

  it('makes transient enhancers, for a gateway that is not transient', () =>
    withApp(
      {
        providers: [StaticGateway, { provide: APP_INTERCEPTOR, useClass: TransientInterceptor }],
      },
      async (url) => {
        const peer = await connectPeer(`${url}/static`);
        const expected = { data: { value: 'pong', isReal: true } };
        expect(await peer.call('ping')).toMatchObject(expected);
        await peer.close();
      },
    ));
});
