import { randomBytes } from 'node:crypto';
import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PushGate } from '../../../lib/nest/session/push-gate.js';
import { RootContext } from '../../../lib/socket/root-context.js';
import type { SessionPort } from '../../../lib/nest/session/session-port.js';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { handlerOf, startSessions } from './session-server.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const CHUNK = 'x'.repeat(64 * KIB);

/** A source that tells when the session no longer pulls it: a turn has passed without a pull. */
function createSource(): {
  lines(): AsyncGenerator<string>;
  pulled: number;
  whenStalled(): Promise<void>;
} {
  const source = {
    pulled: 0,
    async *lines(): AsyncGenerator<string> {
      for (;;) {
        source.pulled += 1;
        yield CHUNK;
      }
    },
    async whenStalled(): Promise<void> {
      let before = -1;
      // The kernel's buffers fill first; after that nothing moves until the client reads.
      for (let quiet = 0; quiet < 50; quiet = source.pulled === before ? quiet + 1 : 0) {
        before = source.pulled;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return source;
}

describe('a client that stops reading', () => {
  it('stops an AsyncIterable, and gets every item when it reads on', async () => {
    const source = createSource();
    const server = await startSessions([handlerOf('lines', () => source.lines())]);
    const client = await server.connect();
    client.stopReading();
    client.send({ type: 'lines', id: 1 });
    await source.whenStalled();
    const pulled = source.pulled;
    // One over the mark, and what the kernel took.
    expect(server.session.bufferedAmount).toBeLessThanOrEqual(2 * 64 * KIB + KIB);
    client.startReading();
    const items = await client.take(pulled + 200);
    expect(items.every(({ op, data }) => op === 'next' && data === CHUNK)).toBe(true);
    client.send({ op: 'cancel', id: 1 });
    await client.drain();
    expect(server.session.streamsInFlight).toBe(0);
  });

  it('makes an Observable overflow', async () => {
    const source = new Subject<string>();
    const server = await startSessions([
      handlerOf('lines', () => source, { stream: { overflow: 'latest', buffer: 1 } }),
    ]);
    const client = await server.connect();
    client.send({ type: 'lines', id: 1 });
    await client.drain();
    client.stopReading();
    const sent = 400;
    for (let n = 0; n < sent; n += 1) {
      source.next(CHUNK);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.session.bufferedAmount).toBeLessThanOrEqual(2 * 64 * KIB + KIB);
    client.startReading();
    let accounted = 0;
    while (accounted < sent) {
      const { dropped = 0 } = (await client.next()) as { dropped?: number };
      accounted += 1 + dropped;
    }
    expect(accounted).toBe(sent);
  });

  it('does not starve streams: all go on when it reads', async () => {
    const sources = [createSource(), createSource(), createSource()];
    const server = await startSessions([handlerOf('lines', (n: number) => sources[n]?.lines())]);
    const client = await server.connect();
    client.stopReading();
    client.send(...sources.map((_, n) => ({ type: 'lines', id: n, data: n })));
    for (const source of sources) await source.whenStalled();
    client.startReading();
    const seen = [0, 0, 0];
    while (Math.min(...seen) < 100) {
      const { id } = await client.next();
      seen[id as number] = (seen[id as number] ?? 0) + 1;
    }
    expect(Math.max(...seen)).toBeLessThan(2_000);
  });

  it('is not read any more: replies it does not take do not pile up', async () => {
    let handled = 0;
    const server = await startSessions([
      handlerOf('big', () => {
        handled += 1;
        return CHUNK;
      }),
    ]);
    const client = await server.connect();
    client.stopReading();
    const calls = 500;
    for (let id = 0; id < calls; id += 1) client.send({ type: 'big', id });
    let before = -1;
    for (let quiet = 0; quiet < 50; quiet = handled === before ? quiet + 1 : 0) {
      before = handled;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(handled).toBeLessThan(calls);
    expect(server.session.bufferedAmount).toBeLessThanOrEqual(MIB + 2 * 64 * KIB);
    client.startReading();
    expect((await client.take(calls)).at(-1)).toMatchObject({ op: 'reply', id: calls - 1 });
  });

  it('is closed with 4408 when it takes nothing until the deadline', async () => {
    const source = createSource();
    const server = await startSessions([handlerOf('lines', () => source.lines())], {
      limits: { stallTimeout: 50 },
      socket: { closeTimeout: 50 },
    });
    const client = await server.connect();
    client.stopReading();
    client.send({ type: 'lines', id: 1 });
    await server.live.registry.whenEmpty();
    expect(server.breaches).toContain('nothing was read until the stall timeout passed');
    expect(server.session.streamsInFlight).toBe(0);
  });

  it.each([
    { replies: 1, of: 64 * MIB },
    { replies: 200, of: 63 * KIB },
  ])('is closed also if it asks for nothing more: $replies of $of bytes', async (size) => {
    const released = deferred();
    const replyOf = async (): Promise<string> => {
      await released.promise;
      return 'x'.repeat(size.of);
    };
    const server = await startSessions([handlerOf('big', replyOf)], {
      limits: { stallTimeout: 50, maxCallsInFlight: 200 },
      socket: { closeTimeout: 50 },
    });
    const client = await server.connect();
    client.stopReading();
    for (let id = 0; id < size.replies; id += 1) client.send({ type: 'big', id });
    await until(() => server.session.callsInFlight === size.replies);
    released.resolve();
    await server.live.registry.whenEmpty();
    expect(server.breaches).toEqual(['nothing was read until the stall timeout passed']);
  });
});

describe('a client that takes no pushes until the deadline', () => {
  it.each(['drop', 'latest'] as const)('is closed with 4408: policy %s', async (policy) => {
    const highWaterMark = 256 * KIB;
    const server = await startSessions([], {
      limits: { stallTimeout: 50, push: { policy, highWaterMark, maxHeld: MIB } },
      socket: { closeTimeout: 50 },
    });
    const client = await server.connect();
    const { connection } = server.session;
    client.stopReading();
    await fill(connection, highWaterMark);
    connection.send('fill', CHUNK);
    await server.live.registry.whenEmpty();
    expect(server.breaches).toEqual(['nothing was read until the stall timeout passed']);
  });

  it('is closed with 4408 behind a single one', async () => {
    const server = await startSessions([], {
      limits: { stallTimeout: 50 },
      socket: { closeTimeout: 50 },
    });
    const client = await server.connect();
    client.stopReading();
    server.session.connection.send('fill', 'x'.repeat(64 * MIB));
    await server.live.registry.whenEmpty();
    expect(server.breaches).toEqual(['nothing was read until the stall timeout passed']);
  });
});

describe('a client that reads, but slower than it is sent to', () => {
  const STALL_TIMEOUT = 40_000;
  const BACKLOG = 16 * MIB;

  // Only the clock of the deadlines: whatever moves bytes has none.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Sends until so much waits in the connection. */
  async function pile(connection: WsConnection, upTo: number): Promise<void> {
    while (connection.bufferedAmount < upTo) {
      connection.send('fill', 'x'.repeat(MIB));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('is not taken for one that reads nothing', async () => {
    const source = createSource();
    const server = await startSessions([handlerOf('lines', () => source.lines())], {
      limits: {
        stallTimeout: STALL_TIMEOUT,
        push: { policy: 'drop', maxHeld: MIB, highWaterMark: 1024 * MIB },
      },
    });
    const client = await server.connect();
    const { connection } = server.session;
    client.stopReading();
    await pile(connection, BACKLOG);
    client.send({ type: 'lines', id: 1 });
    await until(() => server.session.streamsInFlight > 0);
    await source.whenStalled();
    for (let times = 0; times < 3; times += 1) {
      vi.advanceTimersByTime(STALL_TIMEOUT * 0.8);
      const before = connection.bufferedAmount;
      client.startReading();
      while (connection.bufferedAmount >= before) await client.next();
      client.stopReading();
      await pile(connection, before);
    }
    expect(connection.readyState).toBe(1);
    vi.advanceTimersByTime(STALL_TIMEOUT * 2);
    expect(server.breaches).toEqual(['nothing was read until the stall timeout passed']);
    expect(connection.readyState).toBe(2);
  });

  it('may read nothing for ever where stallTimeout is 0', async () => {
    const source = createSource();
    const server = await startSessions([handlerOf('lines', () => source.lines())], {
      limits: {
        stallTimeout: 0,
        push: { policy: 'drop', maxHeld: MIB, highWaterMark: 1024 * MIB },
      },
    });
    const client = await server.connect();
    client.stopReading();
    await pile(server.session.connection, BACKLOG);
    client.send({ type: 'lines', id: 1 });
    await until(() => server.session.streamsInFlight > 0);
    await source.whenStalled();
    vi.advanceTimersByTime(STALL_TIMEOUT * 1000);
    expect(server.breaches).toEqual([]);
    expect(server.session.readyState).toBe(1);
  });
});

/** Pushes, to a client that has stopped reading, until more waits than the mark says. */
async function fill(connection: WsConnection, highWaterMark: number): Promise<number> {
  let count = 0;
  while (connection.bufferedAmount < highWaterMark) {
    connection.send('fill', CHUNK);
    count += 1;
    // Else it is only what has been sent in this tick.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  return count;
}

/** A connection that takes what it is sent. */
function createPort(sent: unknown[]): SessionPort {
  return {
    readyState: 1,
    bufferedAmount: 0,
    sentBytes: 0,
    shedsPushes: false,
    context: new RootContext(),
    send: (data) => void sent.push(data),
    sendPrepared: (message) => void sent.push(message),
    flush: () => undefined,
    addHeldBytes: () => undefined,
    ping: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
  };
}

describe('pushes to a client that stops reading', () => {
  const highWaterMark = 256 * KIB;

  it('close: it is closed with 1013', async () => {
    const server = await startSessions([], {
      limits: { push: { policy: 'close', maxHeld: 2 ** 20, highWaterMark } },
    });
    const client = await server.connect();
    client.stopReading();
    const closed = client.closed();
    const { connection } = server.session;
    const count = await fill(connection, highWaterMark);
    expect(connection.readyState).toBe(1);
    connection.send('one too many');
    expect(connection.readyState).toBe(2);
    client.startReading();
    expect(await closed).toBe(1013);
    expect(await client.take(count)).toHaveLength(count);
    expect(connection.droppedPushes).toBe(1);
  });

  it('drop: the new ones are dropped and counted', async () => {
    const server = await startSessions([], {
      limits: { push: { policy: 'drop', maxHeld: 2 ** 20, highWaterMark } },
    });
    const client = await server.connect();
    client.stopReading();
    const { connection } = server.session;
    const count = await fill(connection, highWaterMark);
    connection.send('dropped', 1);
    server.server.broadcast('dropped', 2);
    expect(connection.droppedPushes).toBe(2);
    client.startReading();
    await client.take(count);
    expect(await client.drain()).toEqual([]);
    connection.send('passes', 3);
    expect(await client.next()).toEqual({ type: 'passes', data: 3 });
  });

  it('latest: one per type waits, in the order of the newest', async () => {
    const server = await startSessions([], {
      limits: { push: { policy: 'latest', maxHeld: 2 ** 20, highWaterMark } },
    });
    const client = await server.connect();
    client.stopReading();
    const { connection } = server.session;
    const count = await fill(connection, highWaterMark);
    for (const [type, data] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['__proto__', 3],
      ['b', 2],
    ] as const) {
      connection.send(type, data);
    }
    server.server.broadcast('a', 3);
    client.startReading();
    await client.take(count);
    expect(await client.take(3)).toEqual([
      { type: '__proto__', data: 3 },
      { type: 'b', data: 2 },
      { type: 'a', data: 3 },
    ]);
    expect(connection.droppedPushes).toBe(3);
  });

  it('latest: what waits gives way to newer news that passes', () => {
    const sent: unknown[] = [];
    const port = { ...createPort(sent), bufferedAmount: highWaterMark };
    const options = { policy: 'latest', maxHeld: 2 ** 20, highWaterMark } as const;
    let lost = 0;
    const owner = {
      onSent: () => undefined,
      onPushWaiting: () => undefined,
      onPushOverrun: () => undefined,
      onPushesDropped: (count: number) => void (lost += count),
    };
    const gate = new PushGate(port, options, owner);
    gate.push('price', 'old');
    // There is room, and nobody has looked whether there is.
    port.bufferedAmount = 0;
    gate.push('price', 'new');
    gate.flush();
    expect(sent).toEqual(['new']);
    expect([gate.droppedCount, lost]).toEqual([1, 1]);
  });

  it('are not held against one that only had a busy tick', async () => {
    const server = await startSessions([], {
      limits: { push: { policy: 'close', maxHeld: 2 ** 20, highWaterMark } },
    });
    const client = await server.connect();
    const gate = deferred();
    client.socket.on('message', () => gate.resolve());
    const { connection } = server.session;
    for (let sent = 0; sent <= highWaterMark; sent += CHUNK.length) connection.send('fill', CHUNK);
    await gate.promise;
    await client.drain();
    connection.send('after', randomBytes(8).toString('hex'));
    expect((await client.next())['type']).toBe('after');
  });
});
