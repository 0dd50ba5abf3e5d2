import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler, WsPayload } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { ours, serve, theirs } from '../support/serve.js';

/** The first account takes longer to look up than the second. */
class Accounts {
  readonly #second = deferred();

  async balance(account: string): Promise<{ readonly balance: number }> {
    if (account === 'first') await this.#second.promise;
    else this.#second.resolve();
    return { balance: account === 'first' ? 100 : 7 };
  }
}

@WebSocketGateway({ path: '/bank' })
class TheirGateway {
  constructor(private readonly accounts: Accounts) {}
  @SubscribeMessage('balance') async balance(@MessageBody() account: string): Promise<unknown> {
    return { event: 'balance', data: await this.accounts.balance(account) };
  }
}

@WsGateway('/bank')
class OurGateway {
  constructor(private readonly accounts: Accounts) {}
  @WsHandler('balance') balance(@WsPayload() account: string): Promise<unknown> {
    return this.accounts.balance(account);
  }
}

describe('two calls in flight', () => {
  it('platform-ws: nothing tells whose reply is whose, whatever id the client sends', () =>
    serve(theirs({ providers: [TheirGateway, Accounts] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/bank`);
      peer.send({ event: 'balance', id: 1, data: 'first' });
      peer.send({ event: 'balance', id: 2, data: 'second' });
      await peer.next(() => peer.messages.length === 2);
      expect(peer.messages).toEqual([
        { event: 'balance', data: { balance: 7 } },
        { event: 'balance', data: { balance: 100 } },
      ]);
    }));

  it('wsgate: every reply carries the id of its call', () =>
    serve(ours({ providers: [OurGateway, Accounts] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/bank`);
      peer.send({ type: 'balance', id: 1, data: 'first' });
      peer.send({ type: 'balance', id: 2, data: 'second' });
      await peer.next(() => peer.messages.length === 2);
      expect(peer.messages).toEqual([
        { op: 'reply', id: 2, data: { balance: 7 } },
        { op: 'reply', id: 1, data: { balance: 100 } },
      ]);
    }));
});
