import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../socket/support/certificate.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { handlerOf, startSessions } from './session-server.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Lets a turn pass. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('pushes while the server is short of memory', () => {
  const push = { policy: 'close', maxHeld: 2 ** 20, highWaterMark: 64 * MIB } as const;

  it('are dropped, and counted, for clients that are behind already, and for them only', async () => {
    const server = await startSessions([], { limits: { push }, memoryCeiling: 4 * MIB });
    const [slow, quick] = [await server.connect(), await server.connect()];
    const [slowEnd, quickEnd] = server.sessions;
    slow.stopReading();
    while (server.live.memory.level === 'calm') {
      slowEnd?.connection.send('news', 'x'.repeat(256 * KIB));
      await turn();
    }
    expect(server.live.memory.level).toBe('shedding');
    const before = server.server.heldBytes;
    for (let at = 0; at < 3; at++) server.server.broadcast('late', at);
    expect((await quick.take(3)).map(({ data }) => data)).toEqual([0, 1, 2]);
    expect(slowEnd?.connection.droppedPushes).toBe(3);
    expect(quickEnd?.connection.droppedPushes).toBe(0);
    expect(slowEnd?.readyState).toBe(1);
    expect(server.server.heldBytes).toBeLessThanOrEqual(before);
    slow.startReading();
    while (server.server.heldBytes > 0) await turn();
    server.server.broadcast('again');
    expect((await slow.drain()).at(-1)).toEqual({ type: 'again' });
  });

  /** Holds so much that the server is short of memory. */
  const hoarder = { heldBytes: 2.5 * MIB, throttle: () => undefined, fail: () => undefined };
  const certificate = makeCertificate();
  const trusting = { rejectUnauthorized: false };

  it('over TLS reach who reads, though every write waits for the end of its turn', async () => {
    const ask = handlerOf('ask', (_data, connection) => {
      process.nextTick(() => connection.send('told', connection.bufferedAmount > 0));
      return 'answer';
    });
    const server = await startSessions([ask], {
      limits: { push },
      memoryCeiling: 4 * MIB,
      certificate,
    });
    const client = await server.connect(undefined, trusting);
    server.live.memory.report(hoarder, 0);
    expect(server.live.memory.level).toBe('shedding');
    for (let id = 0; id < 10; id++) {
      client.send({ type: 'ask', id });
      expect(await client.take(2)).toEqual([
        { op: 'reply', id, data: 'answer' },
        { type: 'told', data: true },
      ]);
    }
    expect(server.session.connection.droppedPushes).toBe(0);
  });

  it('over TLS are dropped for who does not read, from the turn on in which that shows', async () => {
    const server = await startSessions([], {
      limits: { push },
      memoryCeiling: 4 * MIB,
      certificate,
    });
    const client = await server.connect(undefined, trusting);
    const { connection } = server.session;
    client.stopReading();
    while (server.live.memory.level === 'calm') {
      connection.send('news', 'x'.repeat(256 * KIB));
      await turn();
    }
    for (let at = 0; at < 3; at++) connection.send('seen in this turn', at);
    expect(connection.droppedPushes).toBe(0);
    await turn();
    for (let at = 0; at < 3; at++) connection.send('late', at);
    expect(connection.droppedPushes).toBe(3);
    client.startReading();
    while (server.server.heldBytes > 0) await turn();
    connection.send('again');
    expect((await client.drain()).at(-1)).toEqual({ type: 'again' });
  });
});

it('messages that wait for the open hooks are let go when the server closes, not when the client answers', async () => {
  const server = await startSessions([handlerOf('echo', (data) => data)], {
    onOpen: () => new Promise(() => undefined),
  });
  const client = await server.connect();
  client.send({ type: 'echo', id: 1, data: 'x'.repeat(10 * KIB) });
  await until(() => server.server.heldBytes > 10 * KIB);
  client.stopReading();
  server.session.connection.close(4000);
  expect(server.session.readyState).toBe(2);
  expect(server.server.heldBytes).toBe(0);
});

describe('a push that waits while the server is short of memory', () => {
  const MARK = 16 * MIB;
  const STALL_TIMEOUT = 40_000;

  // Only the clock of the deadlines: whatever moves bytes has none.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('leaves as soon as there is room for it, though the client is behind', async () => {
    const push = { policy: 'latest', maxHeld: MIB, highWaterMark: MARK } as const;
    const server = await startSessions([], {
      limits: { push, highWaterMark: MARK, stallTimeout: STALL_TIMEOUT },
      memoryCeiling: 1024 * MIB,
    });
    const client = await server.connect();
    const { session } = server;
    client.stopReading();
    // Once the kernel is full one write is under way, and all that is sent after it waits behind it.
    for (; session.bufferedAmount === 0; await turn())
      session.connection.send('fill', 'x'.repeat(MIB));
    while (session.bufferedAmount < MARK) session.connection.send('fill', 'x'.repeat(MIB));
    session.connection.send('price', 1);
    await turn();
    client.startReading();
    while (session.bufferedAmount >= MARK) await client.next();
    client.stopReading();
    expect(session.bufferedAmount).toBeGreaterThan(0);
    const hoarder = { heldBytes: 600 * MIB, throttle: () => undefined, fail: () => undefined };
    server.live.memory.report(hoarder, 0);
    expect(server.live.memory.level).toBe('shedding');
    vi.advanceTimersByTime(STALL_TIMEOUT);
    expect(session.connection.droppedPushes).toBe(0);
    client.startReading();
    expect((await client.drain()).at(-1)).toEqual({ type: 'price', data: 1 });
  });
});

describe('what a session holds for a connection', () => {
  it('is the messages that wait for onWsOpen', async () => {
    const opening = deferred();
    const server = await startSessions([handlerOf('echo', (data) => data)], {
      onOpen: () => opening.promise,
    });
    const client = await server.connect();
    for (const id of [1, 2]) client.send({ type: 'echo', id, data: 'x'.repeat(10 * KIB) });
    while (server.server.heldBytes < 20 * KIB) await turn();
    opening.resolve();
    expect(await client.take(2)).toHaveLength(2);
    while (server.server.heldBytes > 0) await turn();
  });

  it('is nothing when it closes before it has opened', async () => {
    const server = await startSessions([], { onOpen: () => new Promise(() => undefined) });
    const client = await server.connect();
    client.send('x'.repeat(10 * KIB));
    while (server.server.heldBytes < 10 * KIB) await turn();
    client.socket.terminate();
    while (server.server.heldBytes > 0) await turn();
  });

  it('is the pushes that `latest` keeps, the oldest of which go past maxHeld', async () => {
    const push = { policy: 'latest', maxHeld: 100 * KIB, highWaterMark: 64 * KIB } as const;
    const server = await startSessions([], { limits: { push } });
    const client = await server.connect();
    const { connection } = server.session;
    client.stopReading();
    while (server.session.bufferedAmount < MIB) {
      server.live.registry.connections.forEach(({ link }) => link.push('fill', Buffer.alloc(MIB)));
      await turn();
      if (connection.droppedPushes > 0) break;
    }
    const before = server.server.heldBytes;
    const dropped = connection.droppedPushes;
    for (let at = 0; at < 10; at++) connection.send(`type ${at}`, 'x'.repeat(30 * KIB));
    expect(server.server.heldBytes - before).toBeLessThanOrEqual(100 * KIB);
    expect(connection.droppedPushes - dropped).toBeGreaterThanOrEqual(7);
    client.socket.terminate();
    while (server.server.heldBytes > 0) await turn();
  });
});
