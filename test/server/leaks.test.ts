import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'nestjs-wsgate/server';
import { RawPeer, upgradeRequest } from '../socket/support/raw-peer.js';
import { dial, fence, next, pair, serve } from '../socket/support/serve.js';
import { until } from '../support/until.js';
import { watchTimers } from '../support/watch-timers.js';

/** The handles of TCP and TLS that keep this process alive. */
function countHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)/.test(name)).length;
}

/** Everything there is now; `gone` resolves when there is no more than that. */
function watchResources(): { gone(): Promise<void> } {
  const handles = countHandles();
  const timers = watchTimers();
  return {
    async gone() {
      // Node lets go of closed handles some turns of the event loop later.
      await until(() => countHandles() <= handles);
      expect(timers.pending).toBe(0);
    },
  };
}

describe('nothing is left', () => {
  it('after connections came and went and the server was shut down', async () => {
    const resources = watchResources();
    const { server, url } = await serve({ perMessageDeflate: true });
    const clients = Array.from({ length: 10 }, () => dial(url));
    await Promise.all(clients.map((client) => next(client, 'open')));
    for (const [at, client] of clients.entries()) {
      client.send('x'.repeat(5000));
      if (at % 3 === 0) client.terminate();
      else if (at % 3 === 1) client.close();
      else await fence(client);
    }
    const closed = clients.filter((client) => client.readyState !== client.CLOSED);
    const closes = Promise.all(closed.map((client) => next(client, 'close')));
    await server.shutdown();
    await closes;
    await resources.gone();
  });

  it('of an opening handshake whose client left while verifyClient was thinking', async () => {
    const resources = watchResources();
    let ask: (socket: Socket) => void;
    const asked = new Promise<Socket>((resolve) => {
      ask = resolve;
    });
    const { server, port } = await serve({
      verifyClient: (info, _answer) => ask(info.req.socket),
    });
    const peer = await RawPeer.connect(port);
    peer.socket.write(upgradeRequest());
    const transport = await asked;
    transport.destroy();
    await Promise.all([next(transport, 'close'), peer.takeRest()]);
    peer.socket.destroy();
    await next(peer.socket, 'close');
    await server.shutdown();
    await resources.gone();
  });

  it('of a refused handshake', async () => {
    const resources = watchResources();
    const http = createServer();
    const server = new WebSocketServer({ server: http, path: '/chat' });
    http.listen(0, '127.0.0.1');
    await next(http, 'listening');
    const accepted = next(http, 'connection');
    const client = dial(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    const closed = next(client, 'close');
    const [transport] = await accepted;
    await Promise.all([next(transport as Socket, 'close'), closed]);
    server.close();
    http.close();
    await next(http, 'close');
    await resources.gone();
  });

  it('of listeners on an http.Server that many servers came to and left', async () => {
    const http = createServer();
    const count = (): number[] =>
      ['upgrade', 'listening', 'error', 'close'].map((event) => http.listenerCount(event));
    const before = count();
    for (let at = 0; at < 20; at++) {
      const server = new WebSocketServer({ server: http, path: `/${at}` });
      server.close();
      await next(server, 'close');
    }
    expect(count()).toEqual(before);
  });

  it('of listeners on a socket, but those of its user', async () => {
    const { near, far } = await pair();
    for (let at = 0; at < 20; at++) await fence(near);
    expect(near.eventNames()).toEqual([]);
    expect(far.listenerCount('message')).toBe(0);
  });
});
