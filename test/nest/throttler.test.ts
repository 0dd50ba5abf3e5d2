import { Controller, Get, Injectable, type Provider, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  SkipThrottle,
  Throttle,
  ThrottlerGuard,
  ThrottlerModule,
  type ThrottlerRequest,
} from '@nestjs/throttler';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { UseHandshakeGuards, WsgateAdapter, WsGateway, WsHandler } from '../../lib/index.js';
import { connectEvents } from './adapter/support/event-peer.js';
import { type AppSetup, PLATFORMS, serveApp } from './support/gateway-app.js';
import { connectPeer, refusedPeer } from './support/ws-peer.js';

/** Word for word the guard of the throttler's README, section "Websockets". */
@Injectable()
class WsThrottlerGuard extends ThrottlerGuard {
  override async handleRequest(requestProps: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, generateKey } = requestProps;

    const client = context.switchToWs().getClient();
    const tracker = client._socket.remoteAddress;
    const key = generateKey(context, tracker, throttler.name as string);
    const { totalHits, timeToExpire, isBlocked, timeToBlockExpire } =
      await this.storageService.increment(key, ttl, limit, blockDuration, throttler.name as string);

    // Throw an error when the user reached their limit.
    if (isBlocked) {
      await this.throwThrottlingException(context, {
        limit,
        ttl,
        key,
        tracker,
        totalHits,
        timeToExpire,
        isBlocked,
        timeToBlockExpire,
      });
    }

    return true;
  }
}

/** Two in an hour. */
const imports = [ThrottlerModule.forRoot([{ ttl: 3_600_000, limit: 2 }])];
const appGuard: Provider = { provide: APP_GUARD, useClass: ThrottlerGuard };
const limited = { op: 'error', error: { code: 'RATE_LIMITED', status: 429 } };

async function serve(setup: AppSetup, test: (url: string) => Promise<void>): Promise<void> {
  const { app, url } = await serveApp({ imports, ...setup });
  try {
    await test(url);
  } finally {
    await app.close();
  }
}

function gatewayAt(path: string): new () => object {
  @WsGateway(path)
  @Injectable()
  class Gateway {
    @WsHandler('a') a(): string {
      return 'a';
    }
    @WsHandler('b') b(): string {
      return 'b';
    }
  }
  return Gateway;
}

describe.each(PLATFORMS)('the throttler of Nest on %s', (platform) => {
  it('guards handshakes unchanged, with its headers on the 101 and the 429', () => {
    @WsGateway('/knock')
    @UseHandshakeGuards(ThrottlerGuard)
    @Injectable()
    class KnockGateway {}
    return serve({ platform, providers: [KnockGateway] }, async (url) => {
      for (const remaining of ['1', '0']) {
        const peer = await connectPeer(`${url}/knock`);
        expect(peer.headers['x-ratelimit-limit']).toBe('2');
        expect(peer.headers['x-ratelimit-remaining']).toBe(remaining);
        await peer.close();
      }
      const refusal = await refusedPeer(`${url}/knock`);
      expect(refusal).toMatchObject({ status: 429 });
      expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(3000);
      expect(JSON.parse(refusal.body)).toMatchObject({ statusCode: 429 });
    });
  });

  it('works per message as its README says, handler by handler', () => {
    @WsGateway('/ws')
    @UseGuards(WsThrottlerGuard)
    @Injectable()
    class GuardedGateway {
      @WsHandler('a') a(): string {
        return 'a';
      }
      @Throttle({ default: { ttl: 3_600_000, limit: 1 } })
      @WsHandler('strict')
      strict(): string {
        return 'strict';
      }
      @SkipThrottle() @WsHandler('free') free(): string {
        return 'free';
      }
    }
    return serve({ platform, providers: [GuardedGateway] }, async (url) => {
      const peer = await connectPeer(`${url}/ws`);
      const outcomes = async (type: string): Promise<unknown[]> => {
        const messages = [];
        for (let call = 0; call < 3; call++) messages.push(await peer.call(type));
        return messages.map(({ op }) => op);
      };
      expect(await outcomes('a')).toEqual(['reply', 'reply', 'error']);
      expect(await outcomes('strict')).toEqual(['reply', 'error', 'error']);
      expect(await outcomes('free')).toEqual(['reply', 'reply', 'reply']);
      expect(await peer.call('a')).toMatchObject(limited);
      await peer.close();
      // The address is what counts, not the connection.
      const other = await connectPeer(`${url}/ws`);
      expect(await other.call('a')).toMatchObject(limited);
      await other.close();
    });
  });

  it('is a method guard too', () => {
    @WsGateway('/ws')
    @Injectable()
    class HalfGateway {
      @UseGuards(WsThrottlerGuard) @WsHandler('a') a(): string {
        return 'a';
      }
      @WsHandler('b') b(): string {
        return 'b';
      }
    }
    return serve({ platform, providers: [HalfGateway] }, async (url) => {
      const peer = await connectPeer(`${url}/ws`);
      await peer.call('a');
      await peer.call('a');
      expect(await peer.call('a')).toMatchObject(limited);
      expect(await peer.call('b')).toMatchObject({ op: 'reply' });
      await peer.close();
    });
  });

  it('as APP_GUARD, unchanged, counts HTTP, handshakes and messages each', () => {
    @Controller('page')
    class PageController {
      @Get() page(): string {
        return 'page';
      }
    }
    const providers = [appGuard, gatewayAt('/chat')];
    return serve({ platform, providers, controllers: [PageController] }, async (url) => {
      const peer = await connectPeer(`${url}/chat`);
      // Without data, and with: there is no response that could stand in its way.
      expect(await peer.call('a')).toMatchObject({ op: 'reply' });
      expect(await peer.call('a', { header: 'text' })).toMatchObject({ op: 'reply' });
      expect(await peer.call('a')).toMatchObject(limited);
      expect(await peer.call('b')).toMatchObject({ op: 'reply' });
      await peer.close();
      await (await connectPeer(`${url}/chat`)).close();
      expect(await refusedPeer(`${url}/chat`)).toMatchObject({ status: 429 });
      expect((await fetch(`${url.replace('ws', 'http')}/page`)).status).toBe(200);
    });
  });

  it.each([
    ['handshake', { refusesThird: true, limitsCalls: false }],
    ['message', { refusesThird: false, limitsCalls: true }],
  ] as const)('as APP_GUARD with globalGuards %s', (globalGuards, expected) => {
    const setup = {
      platform,
      providers: [appGuard, gatewayAt('/chat')],
      options: { globalGuards },
    };
    return serve(setup, async (url) => {
      const peer = await connectPeer(`${url}/chat`);
      for (let call = 0; call < 2; call++) await peer.call('a');
      const { op } = await peer.call('a');
      expect(op).toBe(expected.limitsCalls ? 'error' : 'reply');
      await peer.close();
      await (await connectPeer(`${url}/chat`)).close();
      if (expected.refusesThird) {
        expect(await refusedPeer(`${url}/chat`)).toMatchObject({ status: 429 });
      } else await (await connectPeer(`${url}/chat`)).close();
    });
  });

  it('guards gateways of the adapter as it guards those on ws', () => {
    @WebSocketGateway({ path: '/events' })
    class EventsGateway {
      @UseGuards(WsThrottlerGuard)
      @SubscribeMessage('a')
      a(): object {
        return { event: 'a', data: 'a' };
      }
    }
    const configure: AppSetup['configure'] = (app) =>
      app.useWebSocketAdapter(new WsgateAdapter(app));
    const setup = { platform, providers: [EventsGateway], withoutModule: true, configure };
    return serve(setup, async (url) => {
      const peer = await connectEvents(`${url}/events`);
      for (let sent = 0; sent < 2; sent++) {
        peer.say({ event: 'a' });
        expect(await peer.next()).toEqual({ event: 'a', data: 'a' });
      }
      peer.say({ event: 'a' });
      expect(await peer.next()).toMatchObject({ event: 'exception', data: { status: 'error' } });
      await peer.close();
    });
  });
});
