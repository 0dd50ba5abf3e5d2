import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { ours, PLATFORMS, serve, theirs } from '../support/serve.js';
import { OurGateway } from './our-gateway.js';

/** `@nestjs/websockets` takes no port 0 for "any", so one is looked for. */
async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

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
    const port = await findPort();
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
