import type { Server as HttpServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { connectPeer } from '../../nest/support/ws-peer.js';
import { type AppSetup, ours, PLATFORMS, serve } from '../support/serve.js';
import { OurGateway, SlowGateway, SlowGuard } from './our-gateway.js';
import { refusedLater } from './refused-later.js';

@WebSocketGateway()
class TheirGateway {
  @SubscribeMessage('echo') echo(@MessageBody() data: unknown): unknown {
    return data;
  }
}

/** The two ways to have socket.io on the server of an application. */
const WAYS: readonly (readonly [string, AppSetup])[] = [
  [
    '@nestjs/platform-socket.io',
    {
      providers: [OurGateway, TheirGateway],
      configure: (app) => app.useWebSocketAdapter(new IoAdapter(app)),
    },
  ],
  [
    'a socket.io server of its own',
    {
      providers: [OurGateway],
      configure: (app) => void attach(app),
    },
  ],
];

function attach(app: INestApplication, options = {}): Server {
  const server = new Server(app.getHttpServer() as HttpServer, options);
  return server.on('connection', (socket) => {
    socket.on('echo', (data: unknown, answer: (data: unknown) => void) => answer(data));
  });
}

async function connectIo(url: string): Promise<Socket> {
  const socket = io(url.replace('ws', 'http'), {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(WAYS)('beside %s', (_way, setup) => {
    it('each serves its own', () =>
      serve(ours({ platform, ...setup }), async ({ url }) => {
        const [socket, peer] = await Promise.all([
          connectIo(url),
          connectPeer(`${url}/ours/lobby`),
        ]);
        expect(await socket.emitWithAck('echo', 'hello')).toBe('hello');
        expect(await peer.call('where')).toMatchObject({ op: 'reply', data: 'lobby' });
        socket.disconnect();
        await peer.close();
      }));

    it('an unknown path is cut by socket.io, and not left hanging', () =>
      serve(ours({ platform, ...setup }), async ({ url }) => {
        await expect(connectPeer(`${url}/nobody`)).rejects.toThrow(/socket hang up|ECONNRESET/);
      }));

    it('closing the application says 1001 to our clients', () =>
      serve(ours({ platform, ...setup }), async ({ app, url }) => {
        const [socket, peer] = await Promise.all([
          connectIo(url),
          connectPeer(`${url}/ours/lobby`),
        ]);
        const gone = new Promise((resolve) => socket.once('disconnect', resolve));
        const closed = app.close();
        expect(await peer.closed).toMatchObject({ code: 1001 });
        socket.disconnect();
        await Promise.all([gone, closed]);
      }));
  });
});

describe('a handshake guard that takes more than a second beside socket.io', () => {
  const setup: AppSetup = { providers: [SlowGateway, SlowGuard] };

  it('is cut by socket.io, which destroys upgrades that are not its own', () =>
    serve(ours({ ...setup, configure: (app) => void attach(app) }), async ({ url }) => {
      await expect(connectPeer(`${url}/slow`)).rejects.toThrow(/socket hang up|ECONNRESET/);
    }));

  it('is let be with destroyUpgrade: false', () =>
    serve(
      ours({ ...setup, configure: (app) => void attach(app, { destroyUpgrade: false }) }),
      async ({ url }) => {
        const peer = await connectPeer(`${url}/slow`);
        const socket = await connectIo(url);
        expect(await socket.emitWithAck('echo', 'hello')).toBe('hello');
        socket.disconnect();
        await peer.close();
      },
    ));

  it('an unknown path is then answered by us', () =>
    serve(
      ours({ ...setup, configure: (app) => void attach(app, { destroyUpgrade: false }) }),
      async (served) => {
        expect(await refusedLater(served, '/nobody')).toMatchObject({ status: 404 });
      },
    ));
});
