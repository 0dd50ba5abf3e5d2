import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsException, WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { type AppSetup, ours, serve, theirs } from '../support/serve.js';

class OutOfStock extends Error {}

/** Translates an error of the domain, as applications do in one place. */
@Catch(OutOfStock)
class StockFilter implements ExceptionFilter {
  catch(_exception: OutOfStock, host: ArgumentsHost): never {
    StockFilter.caught.push(host.getType());
    throw new WsException('OUT_OF_STOCK', 'Come back tomorrow');
  }
  static caught: string[] = [];
}

@WebSocketGateway({ path: '/shop' })
class TheirGateway {
  @SubscribeMessage('buy') buy(): never {
    throw new OutOfStock('secret');
  }
}

@WsGateway('/shop')
class OurGateway {
  @WsHandler('buy') buy(): never {
    throw new OutOfStock('secret');
  }
}

const HOW: readonly (readonly [string, AppSetup])[] = [
  ['useGlobalFilters', { configure: (app) => app.useGlobalFilters(new StockFilter()) }],
  ['APP_FILTER', { providers: [{ provide: APP_FILTER, useClass: StockFilter }] }],
];

describe.each(HOW)('a global exception filter (%s)', (_name, { providers = [], ...setup }) => {
  it('platform-ws: is ignored', () =>
    serve(theirs({ ...setup, providers: [...providers, TheirGateway] }), async ({ url }) => {
      StockFilter.caught = [];
      const peer = await connectPeer(`${url}/shop`);
      peer.send({ event: 'buy' });
      expect(await peer.next(() => true)).toMatchObject({
        event: 'exception',
        data: { message: 'Internal server error' },
      });
      expect(StockFilter.caught).toEqual([]);
    }));

  it('wsgate: has its say', () =>
    serve(ours({ ...setup, providers: [...providers, OurGateway] }), async ({ url }) => {
      StockFilter.caught = [];
      const peer = await connectPeer(`${url}/shop`);
      expect(await peer.call('buy')).toEqual({
        op: 'error',
        id: 1,
        error: { code: 'OUT_OF_STOCK', message: 'Come back tomorrow' },
      });
      expect(StockFilter.caught).toEqual(['ws']);
    }));
});
