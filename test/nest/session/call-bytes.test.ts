import * as msgpackr from 'msgpackr';
import { pack } from 'msgpackr';
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMsgpackCodec } from '../../../lib/nest/session/codec/msgpack-codec.js';
import { type Deferred, deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { handlerOf, type SessionServer, startSessions } from './session-server.js';
import type { TestClient } from './test-client.js';

const KIB = 1024;
const text = 'x'.repeat(40 * KIB);

interface Stage {
  readonly server: SessionServer;
  readonly client: TestClient;
  /** The calls of `wait` that have started: each ends when the test says so. */
  readonly started: Deferred<unknown>[];
  readonly whenHeld: (bytes: number) => Promise<void>;
}

/** A connection whose calls may measure 100 KiB in all. */
async function start(order: 'concurrent' | 'serial' = 'concurrent'): Promise<Stage> {
  const started: Deferred<unknown>[] = [];
  const wait = (): Promise<unknown> => {
    const call = deferred<unknown>();
    started.push(call);
    return call.promise;
  };
  const server = await startSessions(
    [
      handlerOf('wait', wait, { order }),
      handlerOf('echo', (data: string) => data.length),
      handlerOf('stream', () => NEVER),
    ],
    { limits: { maxCallBytes: 100 * KIB } },
  );
  const whenHeld = (bytes: number): Promise<void> =>
    until(() => Math.floor(server.server.heldBytes / KIB) === bytes / KIB);
  return { server, client: await server.connect(), started, whenHeld };
}

describe('the messages of calls in flight', () => {
  it.each(['concurrent', 'serial'] as const)(
    'are bounded in bytes: beyond it reading stops, %s',
    async (order) => {
      const { client, started, server, whenHeld } = await start(order);
      for (const id of [1, 2, 3]) client.send({ type: 'wait', id, data: text });
      client.send({ op: 'ping' });
      await whenHeld(3 * 40 * KIB);
      expect(server.session.callsInFlight).toBe(2);
      started[0]?.resolve('first');
      expect(await client.take(2)).toEqual([{ op: 'reply', id: 1, data: 'first' }, { op: 'pong' }]);
      await whenHeld(2 * 40 * KIB);
      for (const at of [1, 2]) {
        started[at]?.resolve(at);
        expect(await client.next()).toMatchObject({ op: 'reply', data: at });
      }
      await whenHeld(0);
    },
  );

  it('pass whatever their size when they are alone', async () => {
    const { client, started } = await start();
    client.send({ type: 'echo', id: 1, data: text.repeat(5) });
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 200 * KIB });
    client.send({ type: 'wait', id: 2, data: text.repeat(5) }, { type: 'wait', id: 3 });
    client.send({ op: 'cancel', id: 2 });
    await until(() => started.length > 0);
    started[0]?.resolve(2);
    expect(await client.next()).toEqual({ op: 'reply', id: 2, data: 2 });
    expect(await client.drain()).toEqual([]);
    expect(started).toHaveLength(2);
  });

  it('hold up a large call until there is room for all of it', async () => {
    const { client, started, whenHeld } = await start();
    client.send({ type: 'wait', id: 1, data: text.repeat(2) }, { type: 'wait', id: 2, data: 'x' });
    client.send({ type: 'wait', id: 3, data: text });
    await whenHeld(3 * 40 * KIB);
    started[1]?.resolve('small');
    expect(await client.next()).toEqual({ op: 'reply', id: 2, data: 'small' });
    expect(started).toHaveLength(2);
    started[0]?.resolve('large');
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'large' });
    expect(started).toHaveLength(3);
  });

  it('count until the handler settles, though its call is cancelled', async () => {
    const { client, started, server, whenHeld } = await start();
    for (const id of [1, 2]) client.send({ type: 'wait', id, data: text }, { op: 'cancel', id });
    client.send({ type: 'echo', id: 3, data: text });
    await whenHeld(3 * 40 * KIB);
    expect(server.session.callsInFlight).toBe(2);
    started[0]?.resolve(1);
    expect(await client.next()).toEqual({ op: 'reply', id: 3, data: 40 * KIB });
  });

  it('let a small call pass that comes while large ones are in flight', async () => {
    const { client } = await start();
    for (const id of [1, 2]) client.send({ type: 'wait', id, data: text });
    client.send({ type: 'echo', id: 3, data: '' });
    expect(await client.next()).toEqual({ op: 'reply', id: 3, data: 0 });
  });

  it('are measured as they came, in MessagePack too', async () => {
    const codec = createMsgpackCodec(msgpackr);
    const calls: unknown[] = [];
    const server = await startSessions(
      [handlerOf('hang', (data) => calls.push(data) && new Promise(() => undefined))],
      { codec, limits: { maxCallBytes: 100 * KIB } },
    );
    const client = await server.connect(codec.protocol);
    for (const id of [1, 2, 3]) {
      client.socket.send(pack({ type: 'hang', id, data: Buffer.alloc(40 * KIB) }));
    }
    await until(() => server.server.heldBytes >= 3 * 40 * KIB);
    expect(calls).toHaveLength(2);
    server.session.terminate();
    await until(() => server.server.heldBytes === 0);
  });
});

describe('the messages of open streams', () => {
  it('stop nobody: credit and cancel come through', async () => {
    const { client, server, whenHeld } = await start();
    for (const id of [1, 2]) client.send({ type: 'stream', id, data: text });
    client.send({ type: 'echo', id: 3, data: text.repeat(2) });
    expect(await client.next()).toEqual({ op: 'reply', id: 3, data: 80 * KIB });
    expect(server.session.streamsInFlight).toBe(2);
    await whenHeld(2 * 40 * KIB);
    client.send({ op: 'cancel', id: 1 }, { op: 'cancel', id: 2 });
    expect(await client.drain()).toEqual([]);
    await whenHeld(0);
  });

  it('are bounded as well: one stream beyond it fails', async () => {
    const { client } = await start();
    for (const id of [1, 2, 3]) client.send({ type: 'stream', id, data: text });
    expect(await client.next()).toMatchObject({ id: 3, error: { code: 'OVERFLOW', status: 503 } });
    client.send({ type: 'stream', id: 4 }, { op: 'cancel', id: 1 });
    client.send({ type: 'stream', id: 5, data: text });
    expect(await client.drain()).toEqual([]);
  });

  it('pass whatever their size when they are alone', async () => {
    const { client, whenHeld } = await start();
    client.send({ type: 'stream', id: 1, data: text.repeat(5) });
    await whenHeld(200 * KIB);
    client.send({ op: 'cancel', id: 1 });
    await whenHeld(0);
  });
});
