import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsgateAdapter } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, serve } from '../support/serve.js';
import { OurGateway } from './our-gateway.js';

@WebSocketGateway({ path: '/theirs' })
class TheirGateway {
  @SubscribeMessage('hello') hello(@MessageBody() name: string): unknown {
    return { event: 'hello', data: `hi ${name}` };
  }
}

describe.each(PLATFORMS)(
  'beside gateways of @nestjs/websockets on WsgateAdapter, on %s',
  (platform) => {
    const setup = ours({
      platform,
      providers: [OurGateway, TheirGateway],
      configure: (app) => app.useWebSocketAdapter(new WsgateAdapter(app)),
    });

    it('each serves its own, and an unknown path is answered at once', () =>
      serve(setup, async ({ url }) => {
        const [own, other] = await Promise.all([
          connectPeer(`${url}/ours/lobby`),
          connectPeer(`${url}/theirs`),
        ]);
        expect(await own.call('where')).toMatchObject({ op: 'reply', data: 'lobby' });
        other.send({ event: 'hello', data: 'Ada' });
        expect(await other.next(() => true)).toEqual({ event: 'hello', data: 'hi Ada' });
        expect(await refusedPeer(`${url}/nobody`)).toMatchObject({ status: 404 });
      }));

    it('closing the application says 1001 to both', () =>
      serve(setup, async ({ app, url }) => {
        const peers = [await connectPeer(`${url}/ours/lobby`), await connectPeer(`${url}/theirs`)];
        const closed = app.close();
        const endings = await Promise.all(peers.map((peer) => peer.closed));
        expect(endings).toMatchObject([{ code: 1001 }, { code: 1001 }]);
        await closed;
      }));
  },
);
