import { once } from 'node:events';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { type OnWsOpen, WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { ours, serve, theirs } from '../support/serve.js';

/** What both gateways do: look the user up when the client connects, and need it for messages. */
class Lookup {
  readonly gate = deferred();
  user: string | undefined;

  async run(): Promise<void> {
    await this.gate.promise;
    this.user = 'Ada';
  }
}

@WebSocketGateway({ path: '/hook' })
class TheirGateway {
  constructor(private readonly lookup: Lookup) {}
  handleConnection(): Promise<void> {
    return this.lookup.run();
  }
  @SubscribeMessage('whoami') whoami(): unknown {
    return { event: 'whoami', data: this.lookup.user ?? 'nobody' };
  }
}

@WsGateway('/hook')
class OurGateway implements OnWsOpen {
  constructor(private readonly lookup: Lookup) {}
  onWsOpen(): Promise<void> {
    return this.lookup.run();
  }
  @WsHandler('whoami') whoami(): string {
    return this.lookup.user ?? 'nobody';
  }
}

describe('messages and an asynchronous connect hook', () => {
  it('platform-ws: a message is handled while the hook is still running', () =>
    serve(theirs({ providers: [TheirGateway, Lookup] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/hook`);
      peer.send({ event: 'whoami' });
      expect(await peer.next(() => true)).toEqual({ event: 'whoami', data: 'nobody' });
    }));

  it('wsgate: messages wait for the hook', () =>
    serve(ours({ providers: [OurGateway, Lookup] }), async ({ app, url }) => {
      const peer = await connectPeer(`${url}/hook`);
      const reply = peer.call('whoami');
      // The pong says that the server has read the message before the ping.
      peer.socket.ping();
      await once(peer.socket, 'pong');
      expect(peer.messages).toEqual([]);
      app.get(Lookup).gate.resolve();
      expect(await reply).toEqual({ op: 'reply', id: 1, data: 'Ada' });
    }));
});
