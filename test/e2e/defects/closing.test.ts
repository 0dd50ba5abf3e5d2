import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { ours, PLATFORMS, start, theirs } from '../support/serve.js';

/** An order that is being placed while the application closes. */
class Orders {
  readonly begun = deferred();
  readonly paid = deferred();
  placed = 0;

  async place(): Promise<number> {
    this.begun.resolve();
    await this.paid.promise;
    return ++this.placed;
  }
}

@WebSocketGateway({ path: '/orders' })
class TheirGateway {
  constructor(private readonly orders: Orders) {}
  @SubscribeMessage('place') async place(): Promise<unknown> {
    return { event: 'place', data: await this.orders.place() };
  }
}

@WsGateway('/orders')
class OurGateway {
  constructor(private readonly orders: Orders) {}
  @WsHandler('place') place(): Promise<number> {
    return this.orders.place();
  }
}

describe.each(PLATFORMS)('app.close() with a call in flight, on %s', (platform) => {
  it('platform-ws: the reply is lost, and the client sees 1006', async () => {
    const { app, url } = await start(theirs({ platform, providers: [TheirGateway, Orders] }));
    const orders = app.get(Orders);
    const peer = await connectPeer(`${url}/orders`);
    peer.send({ event: 'place' });
    await orders.begun.promise;
    const closed = app.close();
    expect(await peer.closed).toEqual({ code: 1006, reason: '' });
    orders.paid.resolve();
    await closed;
    expect(orders.placed).toBe(1);
    expect(peer.messages).toEqual([]);
  });

  it('wsgate: the client is told, gets its reply, and sees 1001', async () => {
    const { app, url } = await start(ours({ platform, providers: [OurGateway, Orders] }));
    const orders = app.get(Orders);
    const peer = await connectPeer(`${url}/orders`);
    const reply = peer.call('place');
    await orders.begun.promise;
    const closed = app.close();
    await peer.next(({ op }) => op === 'goaway');
    orders.paid.resolve();
    expect(await reply).toEqual({ op: 'reply', id: 1, data: 1 });
    expect(await peer.closed).toMatchObject({ code: 1001 });
    await closed;
    expect(peer.messages).toMatchObject([{ op: 'goaway' }, { op: 'reply' }]);
  });
});
