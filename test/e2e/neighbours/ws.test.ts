import type { Server } from 'node:http';
import { type INestApplication, Logger } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { WsgateAdapter } from 'nestjs-wsgate';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { clientFrame, FIN_CLOSE, RawPeer, upgradeRequest } from '../../socket/support/raw-peer.js';
import { type AppSetup, ours, type Platform, PLATFORMS, serve } from '../support/serve.js';
import { OurGateway } from './our-gateway.js';

@WebSocketGateway({ path: '/ours/:room' })
class TheirGateway {
  @SubscribeMessage('where') where(): string {
    return 'here';
  }
}

const TAKEN =
  'the upgrade to /ours/:room was answered by another "upgrade" listener of the HTTP server';

type Start = (app: INestApplication) => unknown;

/** Gateways of both kinds, which are reached in the same way. */
const SETUPS: Readonly<Record<string, (platform: Platform, start: Start) => AppSetup>> = {
  '@WsGateway': (platform, configure) => ours({ platform, providers: [OurGateway], configure }),
  'the WsgateAdapter': (platform, start) => ({
    platform,
    providers: [TheirGateway],
    configure: (app) => {
      app.useWebSocketAdapter(new WsgateAdapter(app));
      return start(app);
    },
  }),
};

/** As the documentation of Apollo Server has it. It refuses every path but its own. */
const WITH_PATH = { path: '/graphql' };
const WITHOUT_PATH = {};

/** Starts `ws` on the application's server, before our gateways join that or after. */
function startWs(app: INestApplication, options: object): void {
  const wss = new WebSocketServer({ server: app.getHttpServer() as Server, ...options });
  wss.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(data.toString('utf8')));
  });
}

const ORDERS = {
  before: (options: object) => (app: INestApplication) => startWs(app, options),
  after: (options: object) => async (app: INestApplication) => {
    await app.init();
    startWs(app, options);
  },
};

function watchErrors(): readonly unknown[] {
  const lines: unknown[] = [];
  const error = vi
    .spyOn(Logger.prototype, 'error')
    .mockImplementation((line: unknown) => void lines.push(line));
  onTestFinished(() => error.mockRestore());
  return lines;
}

const CASES = PLATFORMS.flatMap((platform) =>
  Object.entries(SETUPS).flatMap(([kind, setup]) =>
    Object.entries(ORDERS).map(([order, start]) => ({
      platform,
      kind,
      order,
      setup: (options: object) => setup(platform, start(options)),
    })),
  ),
);

describe('beside a server of ws', () => {
  describe.each(CASES)('started $order $kind, on $platform', ({ setup }) => {
    it('for a path of its own, which refuses ours, the log says so', async () => {
      const lines = watchErrors();
      await serve(setup(WITH_PATH), async ({ url }) => {
        expect(await refusedPeer(`${url}/ours/lobby`)).toMatchObject({ status: 400 });
        expect(await refusedPeer(`${url}/nobody`)).toMatchObject({ status: 400 });
        const theirs = await connectPeer(`${url}/graphql`);
        theirs.send({ hello: 'ws' });
        expect(await theirs.next(() => true)).toEqual({ hello: 'ws' });
        theirs.socket.terminate();
      });
      expect(lines).toEqual([TAKEN]);
    });

    it('for every path, which takes ours, nothing of ours comes between', async () => {
      const lines = watchErrors();
      await serve(setup(WITHOUT_PATH), async ({ url }) => {
        for (const path of ['/nobody', '/ours/lobby']) {
          const taken = await connectPeer(url + path);
          taken.send({ hello: 'ws' });
          expect(await taken.next(() => true)).toEqual({ hello: 'ws' });
          taken.socket.terminate();
        }
      });
      expect(lines).toEqual([TAKEN]);
    });

    it('for every path, which takes what we would refuse, there is one answer', async () => {
      const lines = watchErrors();
      await serve(setup(WITHOUT_PATH), async ({ url }) => {
        const peer = await RawPeer.connect(Number(new URL(url).port));
        // `ws` speaks that version, too.
        const headers = { 'Sec-WebSocket-Version': '8', Origin: 'https://elsewhere.example' };
        peer.socket.write(upgradeRequest({ path: '/ours/lobby', headers }));
        expect(await peer.takeHead()).toMatch(/^HTTP\/1\.1 101 /);
        peer.socket.end(clientFrame(FIN_CLOSE));
        expect((await peer.takeRest()).toString('latin1')).not.toContain('HTTP/1.1');
      });
      expect(lines).toEqual([TAKEN]);
    });
  });
});
