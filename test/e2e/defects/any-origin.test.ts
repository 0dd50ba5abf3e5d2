import { WebSocketGateway } from '@nestjs/websockets';
import { WsGateway } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, serve, theirs } from '../support/serve.js';

const EVIL = 'https://evil.example';

@WebSocketGateway({ path: '/mail' })
class TheirGateway {}

@WsGateway('/mail')
class OurGateway {}

describe.each(PLATFORMS)('a page of another origin, on %s', (platform) => {
  it('platform-ws: gets in, with the cookies of whoever looks at it', () =>
    serve(theirs({ platform, providers: [TheirGateway] }), async ({ url }) => {
      const headers = { cookie: 'sid=victim' };
      const peer = await connectPeer(`${url}/mail`, { origin: EVIL, headers });
      await peer.close();
    }));

  it('wsgate: is refused without a line of code; the own page is not', () =>
    serve(ours({ platform, providers: [OurGateway] }), async ({ url }) => {
      const headers = { cookie: 'sid=victim' };
      const refusal = await refusedPeer(`${url}/mail`, { origin: EVIL, headers });
      expect(refusal).toMatchObject({ status: 403 });
      expect(await refusedPeer(`${url}/mail`, { origin: 'null' })).toMatchObject({ status: 403 });
      const own = await connectPeer(`${url}/mail`, { origin: url.replace('ws', 'http') });
      await own.close();
    }));
});
