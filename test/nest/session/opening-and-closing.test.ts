import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import { deferred } from '../../support/deferred.js';
import { handlerOf, startSessions } from './session-server.js';

describe('before it is open', () => {
  it('messages wait, in order', async () => {
    const opened = deferred();
    const order: string[] = [];
    const server = await startSessions(
      [handlerOf('echo', (data: string) => (order.push(data), data))],
      { onOpen: () => opened.promise.then(() => order.push('open')) },
    );
    const client = await server.connect();
    client.send({ type: 'echo', id: 1, data: 'a' }, { type: 'echo', id: 2, data: 'b' }, 'no JSON');
    client.socket.ping();
    await once(client.socket, 'pong');
    expect(order).toEqual([]);
    opened.resolve();
    expect((await client.take(3)).map(({ op }) => op)).toEqual(['reply', 'reply', 'error']);
    expect(order).toEqual(['open', 'a', 'b']);
  });

  it.each([
    ['number', { maxPendingMessages: 3 }, 'x'],
    ['size', { maxPendingMessages: 1e9 }, 'x'.repeat(100_000)],
  ])('they are bounded in %s: reading stops', async (_what, limits, data) => {
    const opened = deferred();
    const server = await startSessions([handlerOf('echo', (text) => text)], {
      limits,
      onOpen: () => opened.promise,
    });
    const client = await server.connect();
    const messages = Array.from({ length: 10 }, (_, id) => ({ type: 'echo', id, data }));
    client.send(...messages);
    let wasPonged = false;
    client.socket.on('pong', () => (wasPonged = true));
    client.socket.ping();
    // Another connection's round trip shows that this one's would have been through.
    const other = await server.connect();
    other.socket.ping();
    await once(other.socket, 'pong');
    expect(wasPonged).toBe(false);
    opened.resolve();
    expect((await client.take(10)).map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
  });

  it('a close discards what waits', async () => {
    const opened = deferred();
    let handled = 0;
    const server = await startSessions([handlerOf('count', () => (handled += 1))], {
      onOpen: () => opened.promise,
    });
    const client = await server.connect();
    client.send({ type: 'count' });
    client.socket.close(1000);
    await server.live.registry.whenEmpty();
    opened.resolve();
    await opened.promise;
    expect(handled).toBe(0);
    expect(server.session.callsInFlight).toBe(0);
  });

  it('the limit of calls holds for what waited', async () => {
    const gates = [deferred<number>(), deferred<number>(), deferred<number>()];
    const started: number[] = [];
    const opened = deferred();
    const server = await startSessions(
      [handlerOf('wait', (n: number) => (started.push(n), gates[n]?.promise))],
      { limits: { maxCallsInFlight: 1 }, onOpen: () => opened.promise },
    );
    const client = await server.connect();
    client.send(...gates.map((_, id) => ({ type: 'wait', id, data: id })));
    client.socket.ping();
    await once(client.socket, 'pong');
    opened.resolve();
    gates[0]?.resolve(0);
    expect(await client.next()).toMatchObject({ id: 0 });
    gates[2]?.resolve(2);
    gates[1]?.resolve(1);
    expect((await client.take(2)).map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe('after the close', () => {
  it('everything is aborted, and what comes late is dropped', async () => {
    const gate = deferred<string>();
    const aborted = deferred();
    const filter = deferred<{ readonly reply: string }>();
    const server = await startSessions([
      handlerOf('wait', (_data, _connection, { signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        return gate.promise;
      }),
      handlerOf('fail', () => Promise.reject(new Error('x')), {
        handleException: () => filter.promise,
      }),
      handlerOf('serial', () => gate.promise, { order: 'serial' }),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 }, { type: 'wait' }, { type: 'fail', id: 2 });
    client.send({ type: 'serial', id: 3 }, { type: 'serial', id: 4 });
    await client.drain();
    client.socket.terminate();
    await aborted.promise;
    gate.resolve('late');
    filter.resolve({ reply: 'late' });
    await server.live.registry.whenEmpty();
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.session.callsInFlight).toBe(0);
    expect(server.reports).toEqual([]);
  });

  it('by a handler its own reply is dropped', async () => {
    const server = await startSessions([
      handlerOf('bye', (_data, connection: WsConnection) => {
        connection.close(4000, 'bye');
        connection.close(4001, 'again');
        connection.send('late');
        return 'late';
      }),
      handlerOf('bye later', async (_data, connection: WsConnection) => connection.close(4000)),
    ]);
    const client = await server.connect();
    client.send({ type: 'bye', id: 1 });
    expect(await client.closed()).toBe(4000);
    await expect(client.next()).rejects.toThrow('closed');
    expect(server.session.connection.droppedPushes).toBe(1);
    const other = await server.connect();
    other.send({ type: 'bye later', id: 1 }, { type: 'bye later', id: 2 });
    expect(await other.closed()).toBe(4000);
  });

  it('a promise that the closing handler leaves is aborted', async () => {
    let wasAborted = false;
    const done = deferred();
    const server = await startSessions([
      handlerOf('bye', (_data, connection: WsConnection, call) => {
        connection.close(4000);
        return Promise.resolve().then(() => {
          wasAborted = call.signal.aborted;
          done.resolve();
        });
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'bye', id: 1 });
    await done.promise;
    expect(wasAborted).toBe(true);
  });

  it.each(['concurrent', 'serial'] as const)(
    'by a %s handler a promise of its own rejects unheard',
    async (order) => {
      const server = await startSessions([
        handlerOf(
          'bye',
          (_data, connection: WsConnection) => {
            connection.close(4000);
            return Promise.reject(new Error('unheard'));
          },
          { order },
        ),
      ]);
      const client = await server.connect();
      client.send({ type: 'bye', id: 1 });
      expect(await client.closed()).toBe(4000);
      expect(server.session.callsInFlight).toBe(0);
    },
  );

  it('does not wait for a reader to see the peer’s Close', async () => {
    const gate = deferred<string>();
    const server = await startSessions([handlerOf('wait', () => gate.promise)], {
      limits: { maxCallsInFlight: 1 },
      socket: { closeTimeout: 0 },
    });
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 });
    await client.drain();
    const paused = server.session;
    client.send({ type: 'wait', id: 2 });
    await (await server.connect()).drain();
    paused.connection.close(4000);
    expect(await client.closed()).toBe(4000);
  });

  it('the hook is told once how it ended', async () => {
    const server = await startSessions([], {
      onClose: () => {
        throw new Error('hook');
      },
    });
    const client = await server.connect();
    client.socket.close(3001, 'thanks');
    await server.live.registry.whenEmpty();
    expect(server.closes).toEqual([{ code: 3001, reason: 'thanks', wasClean: true }]);
    expect(server.reports.map(({ where }) => where)).toEqual(['a close hook']);
  });

  it('an illegal close code is the caller’s mistake, and nothing happens', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const client = await server.connect();
    expect(() => server.session.connection.close(1006)).toThrow(/1006/);
    client.send({ type: 'echo', id: 1 });
    expect(await client.next()).toEqual({ op: 'reply', id: 1 });
  });

  it('a frame that breaks the rules closes this connection only', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const client = await server.connect();
    const other = await server.connect();
    const closed = client.closed();
    (client.socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(
      Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
    );
    expect(await closed).toBe(1002);
    other.send({ type: 'echo', id: 1 });
    expect(await other.next()).toEqual({ op: 'reply', id: 1 });
  });
});

describe('a client that asks for nothing', () => {
  const limits = { idleTimeout: 40 };

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is closed with 1001, heartbeats or not', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)], { limits });
    const client = await server.connect();
    client.send({ type: 'echo', id: 1, data: 'a' }, { op: 'ping' });
    expect(await client.take(2)).toHaveLength(2);
    const closed = once(client.socket, 'close') as Promise<[number, Buffer]>;
    vi.advanceTimersByTime(40);
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([1001, 'idle']);
  });

  it('is not idle while a call of its own is in flight', async () => {
    const released = deferred();
    const server = await startSessions([handlerOf('slow', () => released.promise)], { limits });
    const idle = await server.connect();
    const busy = await server.connect();
    busy.send({ type: 'slow', id: 1 });
    expect(await busy.drain()).toEqual([]);
    const closes = [idle, busy].map(({ socket }) => once(socket, 'close'));
    vi.advanceTimersByTime(40);
    await closes[0];
    released.resolve();
    expect(await busy.take(1)).toEqual([{ op: 'reply', id: 1 }]);
    vi.advanceTimersByTime(40);
    await closes[1];
  });

  it('may stay as long as it likes by default', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)]);
    const quiet = await server.connect();
    const other = await startSessions([], { limits });
    const closed = once((await other.connect()).socket, 'close');
    vi.advanceTimersByTime(40);
    await closed;
    expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
  });
});
