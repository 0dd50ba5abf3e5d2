import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ours, serve, theirs } from '../support/serve.js';

@WebSocketGateway({ path: '/talk' })
class TheirGateway {
  @SubscribeMessage('hello') hello(): unknown {
    return { event: 'hello', data: 'hi' };
  }
}

@WsGateway('/talk')
class OurGateway {
  @WsHandler('hello') hello(): string {
    return 'hi';
  }
}

describe('unknown types and messages that are no JSON', () => {
  it('platform-ws: vanish without a word', () =>
    serve(theirs({ providers: [TheirGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/talk`);
      peer.send({ event: 'helo', data: 1 });
      peer.socket.send('{"event": "hello"');
      peer.socket.send('[]');
      peer.send({ event: 'hello' });
      await peer.next((message) => 'event' in message);
      expect(peer.messages).toEqual([{ event: 'hello', data: 'hi' }]);
    }));

  it('wsgate: are answered, each with what is wrong', () =>
    serve(ours({ providers: [OurGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/talk`);
      peer.send({ type: 'helo', id: 1, data: 1 });
      peer.send({ type: 'helo', data: 1 });
      peer.socket.send('{"type": "hello"');
      peer.socket.send('[]');
      peer.send({ type: 'hello', id: 2 });
      await peer.next(({ op }) => op === 'reply');
      expect(peer.messages).toMatchObject([
        { op: 'error', id: 1, error: { code: 'UNKNOWN_TYPE' } },
        { op: 'error', error: { code: 'UNKNOWN_TYPE' } },
        { op: 'error', error: { code: 'BAD_MESSAGE' } },
        { op: 'error', error: { code: 'BAD_MESSAGE' } },
        { op: 'reply', id: 2, data: 'hi' },
      ]);
    }));
});
