import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { defer, from, interval, map, take, toArray, lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { WsRemoteError } from 'nestjs-wsgate/client';
import { WsException } from '../../lib/nest/errors/ws-exception.js';
import { type Deferred, deferred } from '../support/deferred.js';
import { until } from '../support/until.js';
import { whenAborted } from './support/when-aborted.js';
import { startProxy } from './support/tcp-proxy.js';
import { createClient } from './support/test-client.js';
import { startServer } from './support/test-server.js';

/** Counts from a number, says when it was let go of, and how far it got. */
function createCounter(): {
  readonly count: (from?: number) => AsyncGenerator<number>;
  readonly ended: Deferred;
  produced: number;
} {
  const counter = {
    ended: deferred(),
    produced: 0,
    async *count(start?: number): AsyncGenerator<number> {
      try {
        for (let n = start ?? 0; ; n++) {
          counter.produced++;
          yield n;
        }
      } finally {
        counter.ended.resolve();
      }
    },
  };
  return counter;
}

describe('a stream in a loop', () => {
  it('gives every item and then ends', async () => {
    const server = await startServer({
      async *letters() {
        yield* ['a', 'b', 'c'];
      },
    });
    const client = createClient(server.url);
    const items: unknown[] = [];
    for await (const item of client.stream('letters')) items.push(item);
    expect(items).toEqual(['a', 'b', 'c']);
    expect(client.callsInFlight).toBe(0);
  });

  it('is cancelled when the loop is left', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count() });
    const client = createClient(server.url);
    for await (const item of client.stream('count')) if (item === 100) break;
    await counter.ended.promise;
    expect(client.callsInFlight).toBe(0);
    await expect(client.request('count')).rejects.toMatchObject({ code: 'NOT_A_REPLY' });
  });

  it('is never further ahead than its credit', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count(), echo: (data) => data });
    const client = createClient(server.url);
    const items = client.stream('count', undefined, { credit: 4 })[Symbol.asyncIterator]();
    for (let taken = 1; taken <= 50; taken++) {
      await items.next();
      await client.request('echo');
      expect(counter.produced).toBeLessThanOrEqual(taken + 4 + 1);
    }
    await items.return?.();
    await counter.ended.promise;
  });

  it('fails when the server sends more than it has credit for', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    const heard: unknown[] = [];
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        heard.push(JSON.parse(data.toString()));
        if (heard.length > 1) return;
        for (let n = 1; n <= 1_000; n++) {
          socket.send(JSON.stringify({ op: 'next', id: 1, data: n }));
        }
      });
    });
    const client = createClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const items = client.stream('count', undefined, { credit: 4 })[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await until(() => client.callsInFlight === 0);
    const kept: unknown[] = [];
    const read = async (): Promise<void> => {
      for (let step = await items.next(); step.done !== true; step = await items.next()) {
        kept.push(step.value);
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: 'TOO_MANY_ITEMS',
      message: 'count: more items than credit',
    });
    expect(kept).toEqual([2, 3, 4]);
    expect(await items.next()).toMatchObject({ done: true });
    await until(() => heard.length >= 2);
    expect(heard.at(-1)).toEqual({ op: 'cancel', id: 1 });
  });

  it('gives up a server that sends and does not read', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    const item = JSON.stringify({ op: 'next', id: 1, data: 0 });
    server.on('connection', (socket) => {
      socket.once('message', () => {
        socket.pause();
        const sendMore = (error?: Error): void => {
          if (error) return;
          for (let n = 1; n < 500; n++) socket.send(item);
          socket.send(item, sendMore);
        };
        sendMore();
      });
    });
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createClient(url, { maxBufferedBytes: 1_000 });
    const failed = deferred<unknown>();
    client.stream('count', undefined, { credit: 1 }).subscribe({ error: failed.resolve });
    expect(await failed.promise).toMatchObject({
      code: 'CONNECTION_LOST',
      end: { reason: 'the server does not read' },
    });
    server.clients.forEach((socket) => socket.terminate());
  });

  it('asks the server for nothing until it is read, and each reader gets its own', async () => {
    let opened = 0;
    const server = await startServer({
      async *twice() {
        opened++;
        yield* [1, 2];
      },
      echo: (data) => data,
    });
    const client = createClient(server.url);
    const stream = client.stream('twice');
    await client.request('echo');
    expect(opened).toBe(0);
    const read = async (): Promise<unknown[]> => {
      const items: unknown[] = [];
      for await (const item of stream) items.push(item);
      return items;
    };
    expect(await Promise.all([read(), read()])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(opened).toBe(2);
  });

  it('throws what the server says, after the items before it', async () => {
    const server = await startServer({
      async *failing() {
        yield 1;
        throw new WsException('BROKEN', 'No more');
      },
    });
    const client = createClient(server.url);
    const items: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const item of client.stream('failing')) items.push(item);
    };
    const error = await read().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WsRemoteError);
    expect(error).toMatchObject({ code: 'BROKEN' });
    expect(items).toEqual([1]);
  });

  it('answers questions asked ahead in order, and all of them when it ends', async () => {
    const server = await startServer({
      async *one() {
        yield 'only';
      },
    });
    const client = createClient(server.url);
    const items = client.stream('one')[Symbol.asyncIterator]();
    const results = await Promise.all([items.next(), items.next(), items.next()]);
    expect(results.map(({ value }) => value)).toEqual(['only', undefined, undefined]);
    expect(results.map(({ done }) => done)).toEqual([false, true, true]);
  });

  it('takes a reply for a stream of one', async () => {
    const server = await startServer({ answer: () => 42 });
    const client = createClient(server.url);
    const items: unknown[] = [];
    for await (const item of client.stream('answer')) items.push(item);
    expect(items).toEqual([42]);
  });

  it('ends with the reason of its signal, and tells the server', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count() });
    const client = createClient(server.url);
    const controller = new AbortController();
    const { signal } = controller;
    const read = async (): Promise<void> => {
      for await (const item of client.stream('count', 0, { signal })) {
        if (item === 10) controller.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
    await counter.ended.promise;
    await expect(read()).rejects.toThrow('enough');
  });

  it('fails when the outbox is full', async () => {
    const server = await startServer({}, { refuse: () => 503 });
    const client = createClient(server.url, { maxOutbox: 0 });
    const items = client.stream('any')[Symbol.asyncIterator]();
    await expect(items.next()).rejects.toMatchObject({ code: 'OUTBOX_FULL' });
    await expect(items.next()).resolves.toEqual({ done: true, value: undefined });
  });
});

describe('a stream as an Observable', () => {
  it('is one for rxjs', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count() });
    const client = createClient(server.url);
    const squares = from(client.stream('count')).pipe(
      map((n) => (n as number) ** 2),
      take(4),
      toArray(),
    );
    await expect(lastValueFrom(squares)).resolves.toEqual([0, 1, 4, 9]);
    await counter.ended.promise;
    expect(client.callsInFlight).toBe(0);
  });

  it('subscribes and unsubscribes without rxjs', async () => {
    const started = deferred<AbortSignal>();
    const server = await startServer({
      ticks: (_payload, _connection, call) => {
        started.resolve(call.signal);
        return interval(1);
      },
    });
    const client = createClient(server.url);
    const third = deferred();
    const seen: unknown[] = [];
    const subscription = client.stream('ticks').subscribe((item) => {
      seen.push(item);
      if (seen.length === 3) third.resolve();
    });
    const signal = await started.promise;
    await third.promise;
    expect(subscription.closed).toBe(false);
    subscription.unsubscribe();
    expect(subscription.closed).toBe(true);
    expect(client.callsInFlight).toBe(0);
    await whenAborted(signal);
    expect(seen).toEqual([0, 1, 2]);
  });

  it('tells of the end and of errors', async () => {
    const server = await startServer({
      none: () => from([]),
      failing: () =>
        defer(() => {
          throw new WsException('BROKEN', 'No more');
        }),
    });
    const client = createClient(server.url);
    await new Promise<void>((complete) => client.stream('none').subscribe({ complete }));
    const error = await new Promise((resolve) => {
      client.stream('failing').subscribe({ error: resolve });
    });
    expect(error).toMatchObject({ code: 'BROKEN' });
  });
});

describe('a stream whose connection is lost', () => {
  it('fails, unless it knows how to resume', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count() });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const read = async (): Promise<void> => {
      for await (const item of client.stream('count')) if (item === 5) proxy.cut();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await counter.ended.promise;
  });

  it('resumes after the last item, without a gap or a repetition', async () => {
    const asked: unknown[] = [];
    const server = await startServer({
      async *count(start: number) {
        asked.push(start);
        for (let n = start; ; n++) yield n;
      },
    });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const stream = client.stream('count', 0, {
      credit: 3,
      resume: (last) => (last === undefined ? 0 : (last as number) + 1),
    });
    const items: unknown[] = [];
    for await (const item of stream) {
      items.push(item);
      if (items.length % 10 === 0) proxy.cut();
      if (items.length === 45) break;
    }
    expect(items).toEqual(Array.from({ length: 45 }, (_, n) => n));
    expect(asked).toHaveLength(5);
    expect(asked[0]).toBe(0);
  });

  it('fails with what `resume` throws', async () => {
    const counter = createCounter();
    const server = await startServer({ count: () => counter.count() });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const stream = client.stream('count', 0, {
      resume: () => {
        throw new Error('too old');
      },
    });
    const read = async (): Promise<void> => {
      for await (const item of stream) if (item === 5) proxy.cut();
    };
    await expect(read()).rejects.toThrow('too old');
    expect(client.callsInFlight).toBe(0);
  });
});

describe('a stream that drops', () => {
  it('says how many items are missing', async () => {
    const server = await startServer({
      burst: () => from(Array.from({ length: 1_000 }, (_, n) => n)),
    });
    const client = createClient(server.url);
    let dropped = 0;
    const outcome = deferred<unknown>();
    const stream = client.stream('burst', undefined, {
      credit: 1,
      onDropped: (count) => (dropped += count),
    });
    let seen = 0;
    stream.subscribe({
      next: () => seen++,
      complete: () => outcome.resolve('complete'),
      error: outcome.resolve,
    });
    const end = await outcome.promise;
    if (end === 'complete') expect(seen + dropped).toBe(1_000);
    else expect(end).toMatchObject({ code: 'OVERFLOW' });
  });
});
