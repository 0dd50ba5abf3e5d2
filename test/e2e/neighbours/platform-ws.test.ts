import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { findFreePort } from '../../support/free-port.js';
import { ours, PLATFORMS, serve, theirs } from '../support/serve.js';
import { OurGateway } from './our-gateway.js';

describe.each(PLATFORMS)('beside the WsAdapter of @nestjs/platform-ws, on %s', (platform) => {
  it('which destroys every upgrade it does not know, ours cannot be reached, and nothing breaks', async () => {
    @WebSocketGateway({ path: '/theirs' })
    class TheirGateway {
      @SubscribeMessage('hello') hello(): unknown {
        return { event: 'hello', data: 'hi' };
      }
    }
    const setup = theirs(ours({ platform, providers: [OurGateway, TheirGateway] }));
    await serve(setup, async ({ url }) => {
      const lost = connectPeer(`${url}/ours/lobby`);
      await expect(lost).rejects.toThrow(/socket hang up|ECONNRESET/);
      const peer = await connectPeer(`${url}/theirs`);
      peer.send({ event: 'hello' });
      expect(await peer.next(() => true)).toEqual({ event: 'hello', data: 'hi' });
      peer.socket.terminate();
    });
  });

  it('which has gateways on a port of their own only, each serves its own', async () => {
    const port = await findFreePort();
    @WebSocketGateway(port, { host: '127.0.0.1' })
    class TheirGateway {
      @SubscribeMessage('hello') hello(): unknown {
        return { event: 'hello', data: 'hi' };
      }
    }
    const setup = theirs(ours({ platform, providers: [OurGateway, TheirGateway] }));
    await serve(setup, async ({ url }) => {
      const [own, other] = await Promise.all([
        connectPeer(`${url}/ours/lobby`),
        connectPeer(`ws://127.0.0.1:${port}`),
      ]);
      expect(await own.call('where')).toMatchObject({ op: 'reply', data: 'lobby' });
      other.send({ event: 'hello' });
      expect(await other.next(() => true)).toEqual({ event: 'hello', data: 'hi' });
      expect(await refusedPeer(`${url}/nobody`)).toMatchObject({ status: 404 });
      await own.close();
      other.socket.terminate();
    });
  });
});
