import { once } from 'node:events';
import { get, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { WsGateway } from 'nestjs-wsgate';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { type AppSetup, ours, PLATFORMS, serve } from '../support/serve.js';
import { OurGateway } from './our-gateway.js';
import { refusedLater } from './refused-later.js';

@Controller('hello')
class HelloController {
  @Get() hello(): string {
    return 'hello';
  }
}

@WsGateway('/hello')
class HelloGateway {}

/** What many applications have: `ws` for one path, and everything else left to others. */
function listen(app: INestApplication): void {
  const wss = new WebSocketServer({ noServer: true });
  const server = app.getHttpServer() as HttpServer;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== '/raw') return;
    wss.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data: Buffer) => client.send(data.toString('utf8')));
    });
  });
}

/** Before our listener, and after it. */
const ORDERS: readonly (readonly [string, (setup: AppSetup) => AppSetup])[] = [
  ['before ours', (setup) => ({ ...setup, configure: listen })],
  [
    'after ours',
    (setup) => ({
      ...setup,
      configure: async (app) => {
        await app.init();
        listen(app);
      },
    }),
  ],
];

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(ORDERS)('beside an upgrade listener that was there %s', (_order, withListener) => {
    const setup = withListener(ours({ platform, providers: [OurGateway] }));

    it('each serves its own', () =>
      serve(setup, async ({ url }) => {
        const [raw, peer] = await Promise.all([
          connectPeer(`${url}/raw`),
          connectPeer(`${url}/ours/lobby`),
        ]);
        raw.send({ hello: 'raw' });
        expect(await raw.next(() => true)).toEqual({ hello: 'raw' });
        expect(await peer.call('where')).toMatchObject({ op: 'reply', data: 'lobby' });
        raw.socket.terminate();
        await peer.close();
      }));
  });

  it('an unknown path is answered with 404, and not left hanging', () =>
    serve(ours({ platform, providers: [OurGateway], configure: listen }), async (served) => {
      expect(await refusedLater(served, '/nobody')).toMatchObject({ status: 404 });
    }));

  it.each([
    ['of another path', OurGateway],
    ['of its own path', HelloGateway],
  ])('alone, a request that would rather have HTTP/2 passes by a gateway %s', (_what, gateway) =>
    serve(
      ours({ platform, providers: [gateway], controllers: [HelloController] }),
      async ({ url }) => {
        const { port } = new URL(url);
        const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c' };
        const request = get({ port, path: '/hello', headers });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        expect(response.statusCode).toBe(200);
        expect(await text(response)).toBe('hello');
      },
    ),
  );

  it('alone, an unknown path is answered at once', () =>
    serve(ours({ platform, providers: [OurGateway] }), async ({ url }) => {
      expect(await refusedPeer(`${url}/nobody`)).toMatchObject({ status: 404 });
    }));
});
