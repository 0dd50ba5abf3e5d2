import { describe, expect, it } from 'vitest';
import { type ServerOptions, WebSocket, type WebSocketServer } from 'nestjs-wsgate/server';
import { RawPeer } from '../socket/support/raw-peer.js';
import { nextUncaught } from '../socket/support/uncaught.js';
import { dial, fence, next, serve } from '../socket/support/serve.js';

interface Crowd {
  readonly server: WebSocketServer;
  readonly clients: readonly WebSocket[];
  /** The server's end of each client, in the same order. */
  readonly ends: readonly WebSocket[];
  readonly received: readonly unknown[][];
}

async function gather(size: number, options: ServerOptions = {}): Promise<Crowd> {
  const { server, url } = await serve(options);
  const clients: WebSocket[] = [];
  const ends: WebSocket[] = [];
  const received: unknown[][] = [];
  for (let at = 0; at < size; at++) {
    const client = dial(url);
    const seen: unknown[] = [];
    client.on('message', (data, isBinary) => seen.push(isBinary ? data : String(data)));
    const [[end]] = await Promise.all([next(server, 'connection'), next(client, 'open')]);
    clients.push(client);
    ends.push(end as WebSocket);
    received.push(seen);
  }
  return { server, clients, ends, received };
}

async function settle({ clients }: Crowd): Promise<void> {
  await Promise.all(clients.map((client) => fence(client)));
}

describe('broadcast', () => {
  it.each<[string, ServerOptions]>([
    ['plain', {}],
    ['compressed', { perMessageDeflate: { threshold: 0 } }],
  ])('reaches every client, in order with what else is sent (%s)', async (_name, options) => {
    const crowd = await gather(3, options);
    crowd.ends[1].send('before');
    crowd.server.broadcast('grün'.repeat(500));
    crowd.ends[1].send('after');
    crowd.server.broadcast(Buffer.from('bytes'));
    await settle(crowd);
    const all = ['grün'.repeat(500), Buffer.from('bytes')];
    expect(crowd.received[0]).toEqual(all);
    expect(crowd.received[1]).toEqual(['before', all[0], 'after', all[1]]);
    expect(crowd.received[2]).toEqual(all);
  });

  it('leaves out one, or many', async () => {
    const crowd = await gather(3);
    crowd.server.broadcast('not you', { except: crowd.ends[0] });
    crowd.server.broadcast('only you', { except: new Set([crowd.ends[0], crowd.ends[1]]) });
    crowd.server.broadcast('nobody', { except: crowd.ends });
    await settle(crowd);
    expect(crowd.received).toEqual([[], ['not you'], ['not you', 'only you']]);
  });

  it('sends bytes as text, or text as bytes, when told to', async () => {
    const crowd = await gather(1);
    crowd.server.broadcast(Buffer.from('grün'), { binary: false });
    crowd.server.broadcast('grün', { binary: true });
    crowd.server.broadcast(new Uint8Array([1, 2]).buffer);
    await settle(crowd);
    expect(crowd.received[0]).toEqual(['grün', Buffer.from('grün'), Buffer.from([1, 2])]);
  });

  it('passes over sockets that are closing', async () => {
    const crowd = await gather(2);
    crowd.ends[0].close();
    crowd.server.broadcast('hello');
    await next(crowd.clients[0], 'close');
    await fence(crowd.clients[1]);
    expect(crowd.received).toEqual([[], ['hello']]);
  });

  it('reaches a message in the making only behind it', async () => {
    const crowd = await gather(1);
    crowd.ends[0].send('be', { fin: false });
    crowd.ends[0].send('gun', { fin: true });
    crowd.server.broadcast('hello');
    await settle(crowd);
    expect(crowd.received[0]).toEqual(['begun', 'hello']);
  });

  it('is not held up by one who does not read', async () => {
    const crowd = await gather(1);
    const slow = await RawPeer.join((crowd.server.address() as { port: number }).port);
    slow.socket.pause();
    const data = Buffer.alloc(2 ** 19);
    for (let at = 0; at < 32; at++) crowd.server.broadcast(data);
    await settle(crowd);
    expect(crowd.received[0]).toHaveLength(32);
    const [, end] = [...crowd.server.clients];
    expect(end.bufferedAmount).toBeGreaterThan(0);
  });

  it('reaches those behind one whose listener throws', async () => {
    const crowd = await gather(3);
    const uncaught = nextUncaught();
    crowd.ends[0].once('drain', () => {
      throw new Error('thrown by a listener');
    });
    crowd.server.broadcast('one');
    // Not `settle`: the answer to its pings would take along what waits.
    const [, ...others] = crowd.clients.map((client) => next(client, 'message'));
    expect(await uncaught).toMatchObject({ message: 'thrown by a listener' });
    const one = ['one', false];
    expect(await Promise.all(others)).toEqual([one, one]);
  });

  it('is written before much of it waits, to those who keep up', async () => {
    const crowd = await gather(2);
    const data = Buffer.alloc(2 ** 14);
    let most = 0;
    for (let at = 0; at < 32; at++) {
      crowd.server.broadcast(data);
      most = Math.max(most, crowd.ends[1].bufferedAmount);
    }
    expect(most).toBeLessThanOrEqual(2 ** 16);
    await settle(crowd);
    expect(crowd.received.map(({ length }) => length)).toEqual([32, 32]);
  });

  it('may be changed by its caller as soon as it returns', async () => {
    const crowd = await gather(2);
    const data = Buffer.alloc(100_000, 1);
    crowd.server.broadcast(data);
    data.fill(2);
    await settle(crowd);
    for (const [seen] of crowd.received)
      expect(Buffer.alloc(100_000, 1).equals(seen as Buffer)).toBe(true);
  });
});
