import { once } from 'node:events';
import { connect } from 'node:net';
import type { CanActivate } from '@nestjs/common';
import { UseHandshakeGuards, WsGateway, WsHandler } from 'nestjs-wsgate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer } from '../../nest/support/ws-peer.js';
import { deferred } from '../../support/deferred.js';
import { ours, PLATFORMS, serve, type Served, start } from '../support/serve.js';

@WsGateway('/plain')
class Plain {
  @WsHandler('hello') hello(): string {
    return 'hi';
  }
}

const GOOD: Readonly<Record<string, string>> = {
  Host: 'localhost',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

function write(line: string, headers: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  return [line, ...given.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

/** Sends bytes over bare TCP; answers with everything that came back until the server hung up. */
async function exchange(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe.each(PLATFORMS)('upgrades that are not legal, on %s', (platform) => {
  let served: Served;

  beforeAll(async () => {
    served = await start(ours({ platform, providers: [Plain] }));
  });
  afterAll(() => served.app.close());

  it.each([
    ['no key', 'GET /plain HTTP/1.1', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a key of the wrong length', 'GET /plain HTTP/1.1', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400],
    ['no version', 'GET /plain HTTP/1.1', { 'Sec-WebSocket-Version': undefined }, 426],
    ['an old version', 'GET /plain HTTP/1.1', { 'Sec-WebSocket-Version': '8' }, 426],
    ['another protocol to upgrade to', 'GET /plain HTTP/1.1', { Upgrade: 'h2c' }, 400],
    ['another method', 'DELETE /plain HTTP/1.1', {}, 405],
    ['a body', 'GET /plain HTTP/1.1', { 'Content-Length': '5' }, 400],
    ['an unknown path', 'GET /nobody HTTP/1.1', {}, 404],
    ['a path that climbs', 'GET /plain/../plain HTTP/1.1', {}, 404],
    ['a malformed Origin', 'GET /plain HTTP/1.1', { Origin: 'localhost' }, 403],
  ])('%s', async (_what, line, headers, status) => {
    const answer = await exchange(served.url, write(line, { ...GOOD, ...headers }));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const connection = status === 426 ? 'close, upgrade' : 'close';
    expect(answer).toMatch(new RegExp(`\r\nconnection: ${connection}\r\n`, 'i'));
    if (status === 426) expect(answer).toMatch(/\r\nsec-websocket-version: 13\r\n/i);
  });

  it('reflect nothing the client sent, and take nothing that was pipelined', async () => {
    const evil = { ...GOOD, 'Sec-WebSocket-Version': '7', 'X-Evil': 'mirror' };
    const answer = await exchange(
      served.url,
      write('GET /plain HTTP/1.1', evil) + write('GET /plain HTTP/1.1', GOOD),
    );
    expect(answer).not.toContain('mirror');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('leave the server as it was', async () => {
    const peer = await connectPeer(`${served.url}/plain`);
    expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
  });
});

describe.each(PLATFORMS)('the HTTP side, on %s', (platform) => {
  it('goes on beside the gateways', () =>
    serve(ours({ platform, providers: [Plain] }), async ({ url }) => {
      const response = await fetch(`${url.replace('ws', 'http')}/plain`);
      expect(response.status).toBe(404);
      const peer = await connectPeer(`${url}/plain`);
      expect(await peer.call('hello')).toMatchObject({ data: 'hi' });
    }));
});

describe('a guard that still thinks while the application closes', () => {
  it('keeps nobody waiting, even if it never answers', async () => {
    const asked = deferred();
    const guard: CanActivate = {
      canActivate: () => {
        asked.resolve();
        return new Promise<never>(() => undefined);
      },
    };
    @WsGateway({ path: '/guarded', handshakeTimeout: 0 })
    @UseHandshakeGuards(guard)
    class Guarded {}
    const { app, url } = await start(ours({ providers: [Guarded] }));
    const refusal = refusedPeer(`${url}/guarded`);
    await asked.promise;
    await Promise.all([app.close(), refusal]);
    expect(await refusal).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  });

  it('lets nobody in any more', async () => {
    const asked = deferred();
    const answer = deferred();
    const guard: CanActivate = {
      canActivate: async () => {
        asked.resolve();
        await answer.promise;
        return true;
      },
    };
    @WsGateway('/guarded')
    @UseHandshakeGuards(guard)
    class Guarded {}
    const { app, url } = await start(ours({ providers: [Guarded, Plain] }));
    const plain = await connectPeer(`${url}/plain`);
    const refusal = refusedPeer(`${url}/guarded`);
    await asked.promise;
    const closed = app.close();
    await plain.next(({ op }) => op === 'goaway');
    answer.resolve();
    expect(await refusal).toMatchObject({ status: 503 });
    await closed;
  });
});
