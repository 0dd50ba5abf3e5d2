import { Subject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Deferred, deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { handlerOf, startSessions } from './session-server.js';
import { WAYS } from './ways.js';

/** A handler whose every call ends when the test says so. */
function createStage(): {
  readonly run: (name: unknown) => Promise<unknown>;
  readonly started: unknown[];
  readonly calls: Map<unknown, Deferred<unknown>>;
  readonly whenStarted: (count: number) => Promise<void>;
} {
  const started: unknown[] = [];
  const calls = new Map<unknown, Deferred<unknown>>();
  let onStart = deferred();
  const run = (name: unknown): Promise<unknown> => {
    const call = deferred<unknown>();
    started.push(name);
    calls.set(name, call);
    onStart.resolve();
    onStart = deferred();
    return call.promise;
  };
  const whenStarted = async (count: number): Promise<void> => {
    while (started.length < count) await onStart.promise;
  };
  return { run, started, calls, whenStarted };
}

describe('calls in flight', () => {
  it('are bounded: beyond the limit reading stops, and goes on with the next place', async () => {
    const stage = createStage();
    const server = await startSessions([handlerOf('wait', stage.run)], {
      limits: { maxCallsInFlight: 2 },
    });
    const client = await server.connect();
    for (const name of ['a', 'b']) client.send({ type: 'wait', id: name, data: name });
    expect(await client.drain()).toEqual([]);
    for (const name of ['c', 'd', 'e']) client.send({ type: 'wait', id: name, data: name });
    client.send({ op: 'ping' });

    stage.calls.get('a')?.resolve(1);
    expect(await client.next()).toEqual({ op: 'reply', id: 'a', data: 1 });
    await stage.whenStarted(3);
    expect(stage.started).toEqual(['a', 'b', 'c']);
    stage.calls.get('b')?.resolve(2);
    expect(await client.next()).toEqual({ op: 'reply', id: 'b', data: 2 });
    await stage.whenStarted(4);
    stage.calls.get('c')?.resolve(3);
    expect(await client.take(2)).toEqual([{ op: 'reply', id: 'c', data: 3 }, { op: 'pong' }]);
    expect(stage.started).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('at the limit can still be cancelled', async () => {
    const aborted: string[] = [];
    const server = await startSessions(
      [
        handlerOf('wait', (name: string, _connection, { signal }) => {
          const { promise, resolve } = deferred();
          signal.addEventListener('abort', () => {
            aborted.push(name);
            resolve();
          });
          return promise;
        }),
      ],
      { limits: { maxCallsInFlight: 1 } },
    );
    const client = await server.connect();
    client.send({ type: 'wait', id: 1, data: 'a' }, { op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([]);
    expect(aborted).toEqual(['a']);
    expect(server.session.callsInFlight).toBe(0);
  });

  it.each(WAYS)('%s that are cancelled keep their place until it settles', async (_way, bind) => {
    const stage = createStage();
    const server = await startSessions([handlerOf('wait', bind(stage.run))], {
      limits: { maxCallsInFlight: 2 },
    });
    const client = await server.connect();
    client.send({ type: 'wait', id: 1, data: 'a' }, { op: 'cancel', id: 1 });
    client.send({ type: 'wait', id: 1, data: 'b' }, { op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([]);
    client.send({ type: 'wait', id: 1, data: 'c' });
    client.send({ op: 'ping' });
    expect(server.session.callsInFlight).toBe(2);
    stage.calls.get('a')?.reject(new Error('too late to be told'));
    expect(await client.next()).toEqual({ op: 'pong' });
    expect(stage.started).toEqual(['a', 'b', 'c']);
    stage.calls.get('c')?.resolve('c');
    stage.calls.get('b')?.resolve('late');
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'c' });
    expect(await client.drain()).toEqual([]);
    expect(server.reports).toEqual([]);
  });

  it('count events too', async () => {
    const stage = createStage();
    const server = await startSessions([handlerOf('wait', stage.run)], {
      limits: { maxCallsInFlight: 1 },
    });
    const client = await server.connect();
    client.send({ type: 'wait', data: 'a' });
    await client.drain();
    client.send({ type: 'wait', data: 'b' }, { op: 'ping' });
    stage.calls.get('a')?.resolve(0);
    expect(await client.next()).toEqual({ op: 'pong' });
    expect(stage.started).toEqual(['a', 'b']);
  });
});

describe('order: serial', () => {
  it('runs one call at a time, in order, per connection', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf('wait', stage.run, { order: 'serial' }),
      handlerOf('echo', (data) => data),
    ]);
    const client = await server.connect();
    const other = await server.connect();
    for (const name of ['a', 'b', 'c']) client.send({ type: 'wait', id: name, data: name });
    client.send({ type: 'echo', id: 1 });
    expect(await client.drain()).toEqual([{ op: 'reply', id: 1 }]);
    other.send({ type: 'wait', id: 1, data: 'x' });
    await other.drain();
    expect(stage.started).toEqual(['a', 'x']);
    stage.calls.get('a')?.reject(new Error('no'));
    expect(await client.next()).toMatchObject({ op: 'error', id: 'a' });
    expect(await client.drain()).toEqual([]);
    expect(stage.started).toEqual(['a', 'x', 'b']);
  });

  it('runs hundreds of synchronous calls behind a slow one', async () => {
    const slow = deferred<string>();
    const server = await startSessions(
      [handlerOf('wait', (n: number) => (n === 0 ? slow.promise : n), { order: 'serial' })],
      { limits: { maxCallsInFlight: 20_000 } },
    );
    const client = await server.connect();
    const ids = Array.from({ length: 10_000 }, (_, n) => n);
    client.send(...ids.map((n) => ({ type: 'wait', id: n, data: n })));
    expect(await client.drain()).toEqual([]);
    slow.resolve('slow');
    expect((await client.take(ids.length)).map(({ id }) => id)).toEqual(ids);
  });

  it.each(WAYS)(
    'skips calls %s cancelled while they wait, and never overlaps one',
    async (_way, bind) => {
      const stage = createStage();
      const server = await startSessions([handlerOf('wait', bind(stage.run), { order: 'serial' })]);
      const client = await server.connect();
      for (const name of ['a', 'b', 'c']) client.send({ type: 'wait', id: name, data: name });
      client.send({ op: 'cancel', id: 'b' }, { op: 'cancel', id: 'a' });
      expect(await client.drain()).toEqual([]);
      expect(stage.started).toEqual(['a']);
      stage.calls.get('a')?.resolve('unheard');
      expect(await client.drain()).toEqual([]);
      expect(stage.started).toEqual(['a', 'c']);
      stage.calls.get('c')?.resolve('heard');
      expect(await client.next()).toEqual({ op: 'reply', id: 'c', data: 'heard' });
    },
  );

  it('lets a stream end before the next call', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf(
        'lines',
        async function* (name: string) {
          yield await stage.run(name);
        },
        { order: 'serial' },
      ),
    ]);
    const client = await server.connect();
    client.send({ type: 'lines', id: 1, data: 'a' }, { type: 'lines', id: 2, data: 'b' });
    await client.drain();
    expect(stage.started).toEqual(['a']);
    stage.calls.get('a')?.resolve('A');
    expect(await client.take(2)).toEqual([
      { op: 'next', id: 1, data: 'A' },
      { op: 'complete', id: 1 },
    ]);
    await client.drain();
    expect(stage.started).toEqual(['a', 'b']);
    client.send({ op: 'cancel', id: 2 }, { type: 'lines', id: 3, data: 'c' });
    await client.drain();
    expect(stage.started).toEqual(['a', 'b', 'c']);
  });
});

describe('a timeout', () => {
  // Time passes only when a test says so, when the server has what its client sent.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is the error of a call or event, and frees its place once its signal has ended the handler', async () => {
    const reasons: unknown[] = [];
    let started = 0;
    const stopped = handlerOf(
      'stopped',
      (_data, _connection, { signal }) =>
        new Promise((_resolve, reject) => {
          started += 1;
          signal.addEventListener('abort', () => {
            reasons.push((signal.reason as Error).name);
            reject(new Error('unheard'));
          });
        }),
      { timeout: 20 },
    );
    const server = await startSessions([stopped], { limits: { maxCallsInFlight: 1 } });
    const client = await server.connect();
    client.send({ type: 'stopped', id: 1 }, { type: 'stopped' });
    const failure = { code: 'TIMEOUT', message: 'No answer within 20 ms', status: 504 };
    await until(() => started === 1);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toEqual({ op: 'error', id: 1, error: failure });
    await until(() => started === 2);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toEqual({ op: 'error', error: failure });
    expect(await client.drain()).toEqual([]);
    expect(reasons).toEqual(['TimeoutError', 'TimeoutError']);
    expect(server.session.callsInFlight).toBe(0);
    expect(server.reports).toEqual([]);
  });

  it.each(WAYS)('%s leaves it its place, but not its id, until it settles', async (_way, bind) => {
    const stage = createStage();
    const server = await startSessions([handlerOf('wait', bind(stage.run), { timeout: 20 })], {
      limits: { maxCallsInFlight: 1 },
    });
    const client = await server.connect();
    client.send({ type: 'wait', id: 1, data: 'a' });
    await stage.whenStarted(1);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject({ op: 'error', id: 1, error: { code: 'TIMEOUT' } });
    expect(server.session.callsInFlight).toBe(1);
    client.send({ type: 'wait', id: 1, data: 'b' }, { op: 'ping' });
    await (await server.connect()).drain();
    expect(stage.started).toEqual(['a']);
    stage.calls.get('a')?.resolve('late');
    await stage.whenStarted(2);
    stage.calls.get('b')?.resolve('in time');
    expect(await client.take(2)).toContainEqual({ op: 'reply', id: 1, data: 'in time' });
  });

  it('never lets serial calls overlap', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf('wait', stage.run, { order: 'serial', timeout: 20 }),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 'a', data: 'a' });
    await stage.whenStarted(1);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject({ op: 'error', id: 'a' });
    client.send({ type: 'wait', data: 'b' });
    expect(await client.drain()).toEqual([]);
    expect(stage.started).toEqual(['a']);
    stage.calls.get('a')?.resolve('late');
    await stage.whenStarted(2);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject({ op: 'error', error: { code: 'TIMEOUT' } });
  });

  it('reaches serial calls that wait behind one that runs on, and no others', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf('wait', stage.run, { order: 'serial', timeout: 20 }),
    ]);
    const client = await server.connect();
    const call = (id: string): void => client.send({ type: 'wait', id, data: id });
    const timedOut = (id: string): object => ({ op: 'error', id, error: { code: 'TIMEOUT' } });
    call('in front');
    call('there before');
    call('cancelled');
    client.send({ op: 'cancel', id: 'cancelled' });
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject(timedOut('in front'));
    call('there later');
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject(timedOut('there before'));
    expect(await client.next()).toMatchObject(timedOut('there later'));
    expect(stage.started).toEqual(['in front']);
    expect(server.session.callsInFlight).toBe(1);
    stage.calls.get('in front')?.resolve('late');
    call('next');
    await stage.whenStarted(2);
    stage.calls.get('next')?.resolve('in time');
    expect(await client.next()).toEqual({ op: 'reply', id: 'next', data: 'in time' });
    expect(server.session.callsInFlight).toBe(0);
  });

  it('reaches serial calls that wait behind one that was cancelled and runs on', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf('wait', stage.run, { order: 'serial', timeout: 20 }),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 'in front', data: 'in front' });
    client.send({ op: 'cancel', id: 'in front' });
    client.send({ type: 'wait', id: 'behind', data: 'behind' });
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(40);
    expect(await client.next()).toMatchObject({
      op: 'error',
      id: 'behind',
      error: { code: 'TIMEOUT' },
    });
    expect(stage.started).toEqual(['in front']);
  });

  it('counts anew for serial calls that wait, once the one in front has settled', async () => {
    const stage = createStage();
    const server = await startSessions([
      handlerOf('wait', stage.run, { order: 'serial', timeout: 40_000 }),
    ]);
    const client = await server.connect();
    for (const id of ['a', 'b', 'c']) client.send({ type: 'wait', id, data: id });
    await stage.whenStarted(1);
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(40_000);
    expect(await client.next()).toMatchObject({ op: 'error', id: 'a' });
    vi.advanceTimersByTime(30_000);
    stage.calls.get('a')?.resolve('late');
    await stage.whenStarted(2);
    vi.advanceTimersByTime(30_000);
    stage.calls.get('b')?.resolve('in time');
    await stage.whenStarted(3);
    stage.calls.get('c')?.resolve('in time');
    expect((await client.take(2)).map(({ op, id }) => [op, id])).toEqual([
      ['reply', 'b'],
      ['reply', 'c'],
    ]);
  });

  it('of a handler that never settles is forgotten with its connection', async () => {
    const server = await startSessions([
      handlerOf('never', () => new Promise(() => undefined), { timeout: 20 }),
    ]);
    const client = await server.connect();
    client.send({ type: 'never', id: 1, data: 'x' });
    await client.drain();
    vi.advanceTimersByTime(20);
    expect(await client.next()).toMatchObject({ op: 'error', id: 1 });
    client.socket.terminate();
    await server.live.registry.whenEmpty();
    expect(server.session.callsInFlight).toBe(0);
    expect(server.server.heldBytes).toBe(0);
  });

  it('is the one outcome, whatever the handler does later', async () => {
    const gates = [deferred<unknown>(), deferred<unknown>(), deferred<unknown>()];
    const server = await startSessions([
      handlerOf('late', (n: number) => gates[n]?.promise, { timeout: 20 }),
    ]);
    const client = await server.connect();
    client.send(...gates.map((_, id) => ({ type: 'late', id, data: id })));
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(20);
    const outcomes = await client.take(3);
    expect(outcomes.map(({ error }) => (error as { code: string }).code)).toEqual([
      'TIMEOUT',
      'TIMEOUT',
      'TIMEOUT',
    ]);
    let pulled = 0;
    gates[0]?.resolve('late');
    gates[1]?.reject(new Error('late'));
    gates[2]?.resolve(
      (async function* () {
        yield (pulled += 1);
      })(),
    );
    expect([...(await client.drain()), ...(await client.drain())]).toEqual([]);
    expect(pulled).toBe(0);
  });

  it('does not end a stream that has begun in time', async () => {
    const source = new Subject<string>();
    const server = await startSessions([
      handlerOf('stream', async () => source, { timeout: 20 }),
      handlerOf('never', () => new Promise(() => undefined), { timeout: 40 }),
    ]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1 }, { type: 'never', id: 2 });
    expect(await client.drain()).toEqual([]);
    vi.advanceTimersByTime(40);
    expect(await client.next()).toMatchObject({ op: 'error', id: 2 });
    source.next('still here');
    expect(await client.next()).toEqual({ op: 'next', id: 1, data: 'still here' });
  });

  it('does not count the time a serial call waits', async () => {
    const first = deferred<string>();
    const server = await startSessions([
      handlerOf('one', (data) => (data === 'first' ? first.promise : Promise.resolve(data)), {
        order: 'serial',
        timeout: 60_000,
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'one', id: 1, data: 'first' }, { type: 'one', id: 2, data: 'second' });
    await client.drain();
    first.resolve('done');
    expect((await client.take(2)).map(({ data }) => data)).toEqual(['done', 'second']);
  });
});

describe('cancel', () => {
  it('frees the id at once', async () => {
    const stage = createStage();
    const server = await startSessions([handlerOf('wait', stage.run)]);
    const client = await server.connect();
    client.send(
      { type: 'wait', id: 1, data: 'a' },
      { op: 'cancel', id: 1 },
      { type: 'wait', id: 1, data: 'b' },
    );
    await client.drain();
    stage.calls.get('a')?.resolve('a');
    stage.calls.get('b')?.resolve('b');
    expect(await client.next()).toEqual({ op: 'reply', id: 1, data: 'b' });
    expect(await client.drain()).toEqual([]);
  });

  it('silences an exception filter that is still at work', async () => {
    const filter = deferred<{ readonly reply: string }>();
    const server = await startSessions([
      handlerOf('fail', () => Promise.reject(new Error('x')), {
        handleException: () => filter.promise,
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'fail', id: 1 });
    await client.drain();
    client.send({ op: 'cancel', id: 1 });
    await client.drain();
    filter.resolve({ reply: 'unheard' });
    expect(await client.drain()).toEqual([]);
    expect(server.session.callsInFlight).toBe(0);
  });

  it('survives whatever an abort listener does', async () => {
    const gate = deferred();
    const seen: string[] = [];
    const server = await startSessions([
      handlerOf('wait', (_data, _connection, { signal }) => {
        const removed = (): void => void seen.push('removed');
        signal.addEventListener('abort', removed);
        signal.removeEventListener('abort', removed);
        signal.addEventListener('abort', () => {
          throw new Error('sync');
        });
        const rejecting: () => unknown = () => Promise.reject(new Error('async'));
        signal.addEventListener('abort', rejecting);
        signal.addEventListener('abort', {
          handleEvent: () => {
            throw new Error('object');
          },
        });
        signal.onabort = () => {
          throw new Error('onabort');
        };
        signal.addEventListener('abort', () => void seen.push('last'), { once: true });
        return gate.promise;
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 }, { op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([]);
    expect(seen).toEqual(['last']);
    const messages = server.reports.map(({ exception }) => (exception as Error).message);
    expect(messages.sort()).toEqual(['async', 'object', 'onabort', 'sync']);
    gate.resolve();
  });

  it('fires a signal that is asked for only afterwards', async () => {
    const gate = deferred();
    let aborted: boolean | undefined;
    const server = await startSessions([
      handlerOf('wait', async (_data, _connection, call) => {
        await gate.promise;
        aborted = call.signal.aborted;
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'wait', id: 1 }, { op: 'cancel', id: 1 });
    await client.drain();
    gate.resolve();
    await client.drain();
    expect(aborted).toBe(true);
  });
});
