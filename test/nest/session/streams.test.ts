import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import {
  concat,
  EMPTY,
  from,
  interval,
  map,
  Observable,
  of,
  range,
  Subject,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WsException } from '../../../lib/nest/errors/ws-exception.js';
import type { CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import type { StreamOptions } from '../../../lib/nest/options/stream-options.js';
import { deferred } from '../../support/deferred.js';
import { handlerOf, startSessions } from './session-server.js';
import { WAYS } from './ways.js';

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 1; n <= to; n += 1) yield n;
}

const next = (data: unknown, dropped?: number): unknown =>
  dropped === undefined ? { op: 'next', id: 1, data } : { op: 'next', id: 1, data, dropped };
const complete = (dropped?: number): unknown =>
  dropped === undefined ? { op: 'complete', id: 1 } : { op: 'complete', id: 1, dropped };
const failed = (code: string, dropped?: number): unknown =>
  expect.objectContaining({
    op: 'error',
    id: 1,
    error: expect.objectContaining({ code }) as unknown,
    ...(dropped === undefined ? {} : { dropped }),
  }) as unknown;

/** What a library of its own could return. */
const foreignObservable = {
  '@@observable'() {
    return this;
  },
  subscribe(observer: { next(value: string): void; complete(): void }) {
    observer.next('foreign');
    observer.complete();
    return { unsubscribe: () => undefined };
  },
};

const oddIterator = (step: () => unknown): unknown => ({
  [Symbol.asyncIterator]: () => ({ next: step }),
});

type Row = readonly [
  name: string,
  source: () => unknown,
  received: readonly unknown[],
  options?: Partial<CompiledHandler>,
];

/** What a handler returns, and everything the client gets for it. */
const SOURCES: readonly Row[] = [
  ['an async generator', () => count(2), [next(1), next(2), complete()]],
  ['an empty async generator', () => count(0), [complete()]],
  ['a promise of an async generator', async () => count(1), [next(1), complete()]],
  ['an Observable', () => of('a', 'b'), [next('a'), next('b'), complete()]],
  ['an empty Observable', () => EMPTY, [complete()]],
  ['a promise of an Observable', async () => of(1), [next(1), complete()]],
  ['an Observable of another library', () => foreignObservable, [next('foreign'), complete()]],
  ['undefined and null items', () => of(undefined, null), [next(null), next(null), complete()]],
  [
    'a failing Observable',
    () =>
      concat(
        of(1),
        throwError(() => new WsException('GONE', 'gone')),
      ),
    [next(1), failed('GONE')],
  ],
  [
    'an Observable that throws when subscribed to',
    () =>
      new Observable(() => {
        throw new Error('secret');
      }),
    [failed('INTERNAL')],
  ],
  [
    'a failing generator',
    async function* () {
      yield 1;
      throw new WsException('GONE', 'gone');
    },
    [next(1), failed('GONE')],
  ],
  [
    'an iterable that throws when asked',
    () => ({
      [Symbol.asyncIterator]: () => {
        throw new Error('x');
      },
    }),
    [failed('INTERNAL')],
  ],
  [
    'an iterator that throws',
    () =>
      oddIterator(() => {
        throw new Error('x');
      }),
    [failed('INTERNAL')],
  ],
  ['an iterator that gives no promise', () => oddIterator(() => ({ done: true })), [complete()]],
  ['an iterator whose done is only truthy', () => oddIterator(() => ({ done: 1 })), [complete()]],
  [
    'an iterable that gives no iterator',
    () => ({ [Symbol.asyncIterator]: () => undefined }),
    [failed('INTERNAL')],
  ],
  ['an iterator that gives no object', () => oddIterator(() => undefined), [failed('INTERNAL')]],
  ['an item that cannot be encoded', () => of(1, 1n, 2), [next(1), failed('INTERNAL')]],
  [
    'a generated item that cannot be encoded',
    async function* () {
      yield 1n;
      yield 2;
    },
    [failed('INTERNAL')],
  ],
  [
    'an endless synchronous Observable with a bad item',
    () => range(0, Infinity).pipe(map((n) => (n === 2 ? 1n : n))),
    [next(0), next(1), failed('INTERNAL')],
  ],
  [
    'a failure that a filter replies to',
    () =>
      concat(
        of(1),
        throwError(() => new Error('x')),
      ),
    [next(1), next('instead'), complete()],
    { handleException: () => ({ reply: 'instead' }) },
  ],
  [
    'a failure that a filter streams for',
    () => throwError(() => new Error('x')),
    [next('a'), next('b'), complete()],
    { handleException: async () => ({ reply: of('a', 'b') }) },
  ],
  [
    'a failure after which the filter’s stream fails',
    () => throwError(() => new Error('x')),
    [failed('AGAIN')],
    { handleException: () => ({ reply: throwError(() => new WsException('AGAIN', 'again')) }) },
  ],
];

describe('a stream of', () => {
  it.each(SOURCES.map((row) => ({ name: row[0], row })))('$name', async ({ row }) => {
    const [, source, received, options] = row;
    const server = await startSessions([handlerOf('stream', source, options)]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1 });
    const messages = [];
    while (messages.length < received.length) messages.push(await client.next());
    expect(messages).toEqual(received);
    expect(await client.drain()).toEqual([]);
    expect(server.session.streamsInFlight).toBe(0);
    expect(server.session.callsInFlight).toBe(0);
  });
});

describe.each(WAYS)('a source %s that nobody takes from', (_way, bind) => {
  const neverRead = (): Readable => new Readable({ read: () => undefined });

  /** What becomes of a call whose handler has given a Node stream. */
  const ENDINGS: readonly (readonly [string, readonly unknown[]])[] = [
    ['an event', [{ type: 'file' }]],
    [
      'a call beyond the limit',
      [
        { type: 'endless', id: 2 },
        { type: 'file', id: 1 },
      ],
    ],
    [
      'a call cancelled before its first item',
      [
        { type: 'file', id: 1, credit: 0 },
        { op: 'cancel', id: 1 },
      ],
    ],
    [
      'a call cancelled in the middle',
      [
        { type: 'file', id: 1 },
        { op: 'cancel', id: 1 },
      ],
    ],
    [
      'a call cancelled before its handler returned',
      [
        { type: 'late', id: 1 },
        { op: 'cancel', id: 1 },
      ],
    ],
  ];

  it.each(ENDINGS)('is destroyed: %s', async (_name, messages) => {
    const file = neverRead();
    const gate = deferred();
    const server = await startSessions(
      [
        handlerOf(
          'file',
          bind(() => file),
        ),
        handlerOf(
          'late',
          bind(() => gate.promise.then(() => file)),
        ),
        handlerOf(
          'endless',
          bind(() => new Subject()),
        ),
      ],
      { limits: { maxStreamsInFlight: 1 } },
    );
    const client = await server.connect();
    client.send(...messages);
    await client.drain();
    gate.resolve();
    await client.drain();
    expect(file.destroyed).toBe(true);
    expect(server.reports).toEqual([]);
  });

  it('is left alone when it has ended by itself', async () => {
    let isDestroyed = false;
    const source = Object.assign(count(1), { destroy: () => (isDestroyed = true) });
    const client = await (
      await startSessions([
        handlerOf(
          'stream',
          bind(() => source),
        ),
      ])
    ).connect();
    client.send({ type: 'stream', id: 1 });
    expect(await client.take(2)).toEqual([next(1), complete()]);
    await client.drain();
    expect(isDestroyed).toBe(false);
  });
});

describe.each(WAYS)('a Node stream %s that fails', (_way, bind) => {
  const broken = (): Readable => createReadStream('/no/such/file');

  /** A client of a handler `file` that returns such a stream. `broke` resolves when it has failed. */
  async function openBroken() {
    const broke = deferred();
    const server = await startSessions([
      handlerOf(
        'file',
        bind(() => {
          const file = broken();
          file.once('close', () => broke.resolve());
          return file;
        }),
      ),
    ]);
    return { client: await server.connect(), broke };
  }

  it.each<[string, readonly object[]]>([
    ['before the client has given credit', [{ type: 'file', id: 1, credit: 0 }]],
    ['where nobody wants it', [{ type: 'file' }]],
    [
      'while it is cancelled',
      [
        { type: 'file', id: 1, credit: 0 },
        { op: 'cancel', id: 1 },
      ],
    ],
  ])('hurts nobody: %s', async (_when, messages) => {
    const { client, broke } = await openBroken();
    client.send(...messages);
    await broke.promise;
    await client.drain();
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('tells the client when it asks for an item', async () => {
    const { client, broke } = await openBroken();
    client.send({ type: 'file', id: 1, credit: 0 });
    await broke.promise;
    client.send({ op: 'credit', id: 1, n: 1 });
    expect(await client.next()).toMatchObject({ op: 'error', id: 1, error: { code: 'INTERNAL' } });
  });
});

describe('an Observable whose teardown throws', () => {
  it('hurts neither its source nor the process when it completes by itself', async () => {
    const source = new Subject<void>();
    const teardown = (): never => {
      throw new Error('teardown');
    };
    const server = await startSessions([
      handlerOf(
        'later',
        () =>
          new Observable((out) => {
            source.subscribe(() => out.complete());
            return teardown;
          }),
      ),
      handlerOf(
        'at once',
        () =>
          new Observable((out) => {
            out.complete();
            return teardown;
          }),
      ),
      handlerOf(
        'behind',
        () =>
          new Observable((out) => {
            out.next('waits for credit');
            source.subscribe(() => out.complete());
            return teardown;
          }),
      ),
    ]);
    const client = await server.connect();
    client.send(
      { type: 'at once', id: 1 },
      { type: 'later', id: 1 },
      { type: 'behind', id: 2, credit: 0 },
    );
    expect(await client.drain()).toEqual([complete()]);
    source.next();
    expect(await client.drain()).toEqual([complete()]);
    // One that throws at once rxjs keeps to itself.
    expect(server.reports.map(({ where }) => where)).toEqual([
      'the end of Test.later',
      'the end of Test.behind',
    ]);
  });
});

describe('credit', () => {
  it('is how many items an AsyncIterable is pulled for', async () => {
    let pulled = 0;
    const source = async function* (): AsyncGenerator<number> {
      for (;;) yield (pulled += 1);
    };
    const client = await (await startSessions([handlerOf('stream', source)])).connect();
    client.send({ type: 'stream', id: 1, credit: 2 });
    expect(await client.take(2)).toEqual([next(1), next(2)]);
    expect(await client.drain()).toEqual([]);
    expect(pulled).toBe(2);
    client.send({ op: 'credit', id: 1, n: 1 }, { op: 'credit', id: 1, n: 2 });
    expect(await client.take(3)).toEqual([next(3), next(4), next(5)]);
    await client.drain();
    expect(pulled).toBe(5);
  });

  it('of 0 starts nothing but the handler', async () => {
    const client = await (await startSessions([handlerOf('stream', () => count(1))])).connect();
    client.send({ type: 'stream', id: 1, credit: 0 });
    expect(await client.drain()).toEqual([]);
    client.send({ op: 'credit', id: 1, n: 2 });
    expect(await client.take(2)).toEqual([next(1), complete()]);
  });

  it('given before the handler has returned counts', async () => {
    const gate = deferred<unknown>();
    const client = await (await startSessions([handlerOf('stream', () => gate.promise)])).connect();
    client.send({ type: 'stream', id: 1, credit: 1 }, { op: 'credit', id: 1, n: 1 });
    await client.drain();
    gate.resolve(of(1, 2, 3));
    expect(await client.take(2)).toEqual([next(1), next(2)]);
    expect(await client.drain()).toEqual([]);
  });

  it('is not needed to complete, nor to fail', async () => {
    const client = await (await startSessions([handlerOf('stream', () => of('a'))])).connect();
    client.send({ type: 'stream', id: 1, credit: 1 });
    expect(await client.take(2)).toEqual([next('a'), complete()]);
  });

  it('may be huge', async () => {
    const client = await (await startSessions([handlerOf('stream', () => count(1))])).connect();
    const most = Number.MAX_SAFE_INTEGER;
    client.send({ type: 'stream', id: 1, credit: most }, { op: 'credit', id: 1, n: most });
    expect(await client.take(2)).toEqual([next(1), complete()]);
  });
});

/** An Observable gives 1 to 6 with credit for one, then the client asks for more. */
const OVERFLOWS: readonly (readonly [StreamOptions, readonly unknown[]])[] = [
  [
    { overflow: 'buffer', buffer: 5 },
    [next(1), next(2), next(3), next(4), next(5), next(6), complete()],
  ],
  [{ overflow: 'buffer', buffer: 4 }, [next(1), failed('OVERFLOW', 5)]],
  [{ overflow: 'dropOldest', buffer: 2 }, [next(1), next(5, 3), next(6), complete()]],
  [{ overflow: 'dropNewest', buffer: 2 }, [next(1), next(2), next(3), complete(3)]],
  [{ overflow: 'latest', buffer: 99 }, [next(1), next(6, 4), complete()]],
  [{ overflow: 'error', buffer: 99 }, [next(1), failed('OVERFLOW', 1)]],
  [{ overflow: 'dropOldest', buffer: 0 }, [next(1), complete(5)]],
  [{ overflow: 'dropNewest', buffer: 0 }, [next(1), complete(5)]],
  [{ overflow: 'buffer', buffer: 0 }, [next(1), failed('OVERFLOW', 1)]],
];

describe('overflow', () => {
  it.each(OVERFLOWS)('%o', async (stream, received) => {
    const server = await startSessions([handlerOf('stream', () => range(1, 6), { stream })]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1, credit: 1 });
    const before = await client.drain();
    client.send({ op: 'credit', id: 1, n: 10 });
    expect([...before, ...(await client.drain())]).toEqual(received);
    expect(server.session.streamsInFlight).toBe(0);
  });

  it('unsubscribes, even from a source that would never end by itself', async () => {
    let aborted = false;
    const client = await (
      await startSessions([
        handlerOf(
          'stream',
          (_data, _connection, { signal }) => {
            signal.addEventListener('abort', () => (aborted = true));
            return range(1, Infinity);
          },
          { stream: { overflow: 'buffer', buffer: 3 } },
        ),
      ])
    ).connect();
    client.send({ type: 'stream', id: 1, credit: 1 });
    expect(await client.take(2)).toEqual([next(1), failed('OVERFLOW', 4)]);
    expect(aborted).toBe(true);
  });

  it('tells of a gap between items where it is', async () => {
    const source = new Subject<string>();
    const server = await startSessions([
      handlerOf('stream', () => source, { stream: { overflow: 'dropNewest', buffer: 1 } }),
    ]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1, credit: 0 });
    await client.drain();
    for (const item of ['a', 'b', 'c']) source.next(item);
    client.send({ op: 'credit', id: 1, n: 1 });
    expect(await client.drain()).toEqual([next('a')]);
    source.next('d');
    source.next('e');
    client.send({ op: 'credit', id: 1, n: 1 });
    expect(await client.drain()).toEqual([next('d', 2)]);
    source.error(new WsException('END', 'end'));
    expect(await client.next()).toEqual(failed('END', 1));
  });
});

function failToTearDown(): never {
  throw new Error('teardown');
}

/** Sources that throw when they are let go of. */
const TEARDOWNS: readonly (readonly [string, () => unknown])[] = [
  [
    'an Observable',
    () =>
      new Observable(() => () => {
        throw new Error('teardown');
      }),
  ],
  [
    'a generator',
    async function* () {
      try {
        yield 1;
      } finally {
        failToTearDown();
      }
    },
  ],
  [
    'an iterator',
    () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          throw new Error('teardown');
        },
      }),
    }),
  ],
];

describe('cancel', () => {
  it('unsubscribes from an Observable, and nothing more is sent', async () => {
    const source = new Subject<number>();
    const server = await startSessions([handlerOf('stream', () => source)]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1 });
    await client.drain();
    source.next(1);
    client.send({ op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([next(1)]);
    expect(source.observed).toBe(false);
    source.next(2);
    expect(await client.drain()).toEqual([]);
  });

  it('runs the finally of a generator that waits for credit', async () => {
    const ended = deferred();
    const server = await startSessions([
      handlerOf('stream', async function* () {
        try {
          for (;;) yield 1;
        } finally {
          ended.resolve();
        }
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1, credit: 1 }, { op: 'cancel', id: 1 });
    await client.drain();
    await ended.promise;
    expect(server.session.streamsInFlight).toBe(0);
  });

  it('fires the signal of a generator that waits for something else', async () => {
    const server = await startSessions([
      handlerOf('stream', async function* (_data, _connection, { signal }) {
        yield 1;
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1 });
    expect(await client.next()).toEqual(next(1));
    client.send({ op: 'cancel', id: 1 });
    expect(await client.drain()).toEqual([]);
    // Ending with the signal's own reason is what a handler is asked to do.
    expect(server.reports).toEqual([]);
  });

  it.each(TEARDOWNS)('survives a teardown of %s that throws', async (_name, source) => {
    const server = await startSessions([handlerOf('stream', source)]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1, credit: 1 });
    await client.drain();
    client.send({ op: 'cancel', id: 1 });
    await client.drain();
    expect(await client.drain()).toEqual([]);
    expect(server.reports.map(({ where }) => where)).toEqual(['the end of Test.stream']);
  });

  it('in the middle of items leaves no late one', async () => {
    const server = await startSessions([handlerOf('stream', () => from(count(1e9)))]);
    const client = await server.connect();
    client.send({ type: 'stream', id: 1, credit: 10 });
    await client.take(10);
    client.send(
      { op: 'credit', id: 1, n: 5 },
      { op: 'cancel', id: 1 },
      { op: 'credit', id: 1, n: 5 },
    );
    const late = await client.drain();
    expect(late.length).toBeLessThanOrEqual(5);
    expect(await client.drain()).toEqual([]);
  });
});

describe('streams', () => {
  it('are bounded by a limit of their own', async () => {
    const server = await startSessions(
      [handlerOf('stream', () => interval(60_000)), handlerOf('echo', (data) => data)],
      {
        limits: { maxStreamsInFlight: 2, maxCallsInFlight: 1 },
      },
    );
    const client = await server.connect();
    client.send(...[2, 3, 1].map((id) => ({ type: 'stream', id })), { type: 'echo', id: 9 });
    expect(await client.drain()).toEqual([failed('OVERFLOW'), { op: 'reply', id: 9 }]);
    client.send({ op: 'cancel', id: 2 }, { type: 'stream', id: 1 });
    expect(await client.drain()).toEqual([]);
    expect(server.session.streamsInFlight).toBe(2);
  });

  it('are not started for an event, which could not cancel them', async () => {
    let subscribed = false;
    const source = new Observable(() => {
      subscribed = true;
    });
    const client = await (await startSessions([handlerOf('stream', () => source)])).connect();
    client.send({ type: 'stream' });
    expect(await client.next()).toMatchObject({ op: 'error', error: { code: 'BAD_MESSAGE' } });
    expect(subscribed).toBe(false);
  });

  it('all end with the connection', async () => {
    const ended = deferred();
    const source = new Subject<number>();
    const server = await startSessions([
      handlerOf('observable', () => source),
      handlerOf('iterable', async function* (_data, _connection, { signal }) {
        signal.addEventListener('abort', () => ended.resolve());
        yield 1;
      }),
    ]);
    const client = await server.connect();
    client.send({ type: 'observable', id: 1 }, { type: 'iterable', id: 2, credit: 0 });
    await client.drain();
    client.send({ op: 'credit', id: 2, n: 1 });
    await client.next();
    client.socket.terminate();
    await server.live.registry.whenEmpty();
    expect(source.observed).toBe(false);
    expect(server.session.streamsInFlight).toBe(0);
  });

  it('leave turns to others', async () => {
    const server = await startSessions([
      handlerOf('flood', () => count(5_000)),
      handlerOf('echo', (data) => data),
    ]);
    const flooded = await server.connect();
    const other = await server.connect();
    flooded.send({ type: 'flood', id: 1 });
    other.send({ type: 'echo', id: 1 });
    expect(await other.next()).toEqual({ op: 'reply', id: 1 });
    expect((await flooded.take(5_001)).at(-1)).toEqual(complete());
  });
});
