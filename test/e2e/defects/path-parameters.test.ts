import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsGateway, WsHandler, WsParam } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, serve, theirs } from '../support/serve.js';

@WebSocketGateway({ path: '/chat/:room' })
class TheirGateway {
  @SubscribeMessage('where') where(): unknown {
    return { event: 'where', data: 'unknown' };
  }
}

@WsGateway('/chat/:room')
class OurGateway {
  @WsHandler('where') where(@WsParam('room') room: string): string {
    return room;
  }
}

describe.each(PLATFORMS)('a path with a parameter, on %s', (platform) => {
  it('platform-ws: matches nothing but itself; the socket is cut without an answer', () =>
    serve(theirs({ platform, providers: [TheirGateway] }), async ({ url }) => {
      await expect(connectPeer(`${url}/chat/lobby`)).rejects.toThrow(/socket hang up|ECONNRESET/);
      const peer = await connectPeer(`${url}/chat/:room`);
      await peer.close();
    }));

  it('wsgate: matches, and the handler gets the parameter', () =>
    serve(ours({ platform, providers: [OurGateway] }), async ({ url }) => {
      const peer = await connectPeer(`${url}/chat/a%20room`);
      expect(await peer.call('where')).toEqual({ op: 'reply', id: 1, data: 'a room' });
    }));
});
