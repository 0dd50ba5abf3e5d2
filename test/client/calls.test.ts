import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import * as msgpackr from 'msgpackr';
import { pack, Packr, unpack } from 'msgpackr';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { NotFoundException } from '@nestjs/common';
import { type WsClientCodec, WsClientError, WsRemoteError } from 'nestjs-wsgate/client';
import { createMsgpackCodec } from '../../lib/nest/session/codec/msgpack-codec.js';
import { WsException } from '../../lib/nest/errors/ws-exception.js';
import { deferred } from '../support/deferred.js';
import { OldSignal } from './support/old-signal.js';
import { whenAborted } from './support/when-aborted.js';
import { startProxy } from './support/tcp-proxy.js';
import { createClient, whenStatus } from './support/test-client.js';
import { startServer } from './support/test-server.js';

/** What docs/guide/codecs.md and docs/client/connect.md tell people to write. */
function createPlainPackr(): Pick<WsClientCodec, 'encode' | 'decode'> {
  const packr = new Packr({ useRecords: false, mapsAsObjects: true, encodeUndefinedAsNil: true });
  return {
    encode: (message) => new Uint8Array(packr.pack(message)),
    decode: (data) => packr.unpack(data as Uint8Array) as unknown,
  };
}

const unpackAny = (data: string | Uint8Array): unknown => unpack(data as Uint8Array) as unknown;

const forever = (): Promise<never> => new Promise(() => undefined);

/** A client, and a server on which `wait` never settles. `started` resolves to the call's signal. */
async function connectToSilence() {
  const started = deferred<AbortSignal>();
  const server = await startServer({
    wait: (_payload, _connection, call) => {
      started.resolve(call.signal);
      return forever();
    },
  });
  return { client: createClient(server.url), started };
}

describe('request', () => {
  it('resolves with the reply', async () => {
    const server = await startServer({ add: ({ a, b }: { a: number; b: number }) => a + b });
    const client = createClient(server.url);
    await expect(client.request('add', { a: 1, b: 2 })).resolves.toBe(3);
    expect(client.callsInFlight).toBe(0);
  });

  it('carries bytes where the codec can', async () => {
    const codec = createMsgpackCodec(msgpackr);
    const server = await startServer({ echo: (data) => data }, { codec });
    const client = createClient(server.url, {
      codec: {
        protocol: 'wsgate.v1.msgpack',
        encode: (message) => new Uint8Array(pack(message)),
        decode: unpackAny,
      },
    });
    const bytes = Uint8Array.of(1, 2, 255);
    const reply = (await client.request('echo', { bytes })) as { readonly bytes: Uint8Array };
    expect(Uint8Array.from(reply.bytes)).toEqual(bytes);
  });

  it.each<[string, Pick<WsClientCodec, 'encode' | 'decode'>]>([
    ['plain MessagePack, as the guide has it', createPlainPackr()],
    [
      'msgpackr as it is',
      { encode: (message) => new Uint8Array(pack(message)), decode: unpackAny },
    ],
  ])('needs no data with %s', async (_what, codec) => {
    const events: unknown[] = [];
    const handlers = {
      greet: (data: unknown) => ['hello', data],
      note: (data: unknown) => void events.push(data),
      async *letters() {
        yield* ['a', 'b'];
      },
    };
    const server = await startServer(handlers, { codec: createMsgpackCodec(msgpackr) });
    const protocol = 'wsgate.v1.msgpack';
    const client = createClient(server.url, { codec: { protocol, ...codec } });
    client.send('note');
    await expect(client.request('greet')).resolves.toEqual(['hello', null]);
    expect(events).toEqual([undefined]);
    const letters: unknown[] = [];
    for await (const letter of client.stream('letters')) letters.push(letter);
    for await (const letter of client.stream('letters', undefined, { credit: Infinity })) {
      letters.push(letter);
    }
    expect(letters).toEqual(['a', 'b', 'a', 'b']);
  });

  it('takes undefined inside its data for nil in plain MessagePack', async () => {
    const server = await startServer(
      { echo: (data) => data },
      { codec: createMsgpackCodec(msgpackr) },
    );
    const codec = { protocol: 'wsgate.v1.msgpack', ...createPlainPackr() };
    const client = createClient(server.url, { codec });
    await expect(client.request('echo', { a: undefined })).resolves.toEqual({ a: null });
  });

  it('tells calls in flight apart', async () => {
    const first = deferred<string>();
    const server = await startServer({ slow: () => first.promise, fast: () => 'second' });
    const client = createClient(server.url);
    const slow = client.request('slow');
    await expect(client.request('fast')).resolves.toBe('second');
    first.resolve('first');
    await expect(slow).resolves.toBe('first');
  });

  it('rejects with what the server says', async () => {
    const server = await startServer({
      own: () => {
        throw new WsException('SOLD_OUT', 'Nothing left', { left: 0 });
      },
      http: () => {
        throw new NotFoundException('No such room');
      },
    });
    const client = createClient(server.url);
    const own = await client.request('own').catch((error: unknown) => error);
    expect(own).toBeInstanceOf(WsRemoteError);
    expect(own).toMatchObject({ code: 'SOLD_OUT', message: 'Nothing left', details: { left: 0 } });
    const http = client.request('http');
    await expect(http).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404, type: 'http' });
    await expect(client.request('none')).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  it('gives up when its signal aborts, and tells the server', async () => {
    const { client, started } = await connectToSilence();
    const controller = new AbortController();
    const call = client.request('wait', undefined, { signal: controller.signal });
    const aborted = whenAborted(await started.promise);
    controller.abort(new Error('never mind'));
    await expect(call).rejects.toThrow('never mind');
    await aborted;
    const late = client.request('wait', undefined, { signal: controller.signal });
    await expect(late).rejects.toThrow('never mind');
    expect(client.callsInFlight).toBe(0);
  });

  it('gives up by a signal that knows no reason', async () => {
    const { client, started } = await connectToSilence();
    const old = new OldSignal();
    const call = client.request('wait', undefined, { signal: old.asSignal });
    await started.promise;
    old.abort();
    await expect(call).rejects.toThrow('aborted');
    const late = client.request('wait', undefined, { signal: old.asSignal });
    await expect(late).rejects.toThrow('aborted');
    await expect(
      client.stream('wait', undefined, { signal: old.asSignal })[Symbol.asyncIterator]().next(),
    ).rejects.toThrow('aborted');
    expect(client.callsInFlight).toBe(0);
  });

  it('gives up after its timeout, and tells the server', async () => {
    const { client, started } = await connectToSilence();
    const call = client.request('wait', undefined, { timeoutMs: 30 });
    await expect(call).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'wait: no answer within 30 ms',
    });
    await whenAborted(await started.promise);
  });

  it('times out while there is no connection', async () => {
    const server = await startServer({}, { refuse: () => 503 });
    const client = createClient(server.url, { backoff: { minMs: 60_000, maxMs: 60_000 } });
    await whenStatus(client, 'waiting');
    await expect(client.request('any', undefined, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(
        /^any: no answer within 30 ms, not connected: .* 503, not 101/,
      ),
      end: { httpStatus: 503 },
    });
  });

  it('rejects what is answered with a stream', async () => {
    const ended = deferred();
    const server = await startServer({
      numbers: async function* numbers() {
        try {
          for (let n = 0; ; n++) yield n;
        } finally {
          ended.resolve();
        }
      },
    });
    const client = createClient(server.url);
    await expect(client.request('numbers')).rejects.toMatchObject({ code: 'NOT_A_REPLY' });
    await ended.promise;
  });

  it('rejects when what it carries cannot be encoded, and goes on', async () => {
    const server = await startServer({ echo: (data) => data });
    const client = createClient(server.url);
    await expect(client.request('echo', 1n)).rejects.toBeInstanceOf(TypeError);
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('keeps to the limit of calls in flight, in order', async () => {
    const seen: number[] = [];
    let running = 0;
    let peak = 0;
    const server = await startServer({
      work: async (n: number) => {
        seen.push(n);
        peak = Math.max(peak, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      },
    });
    const client = createClient(server.url, { maxCallsInFlight: 2 });
    const numbers = [1, 2, 3, 4, 5, 6, 7];
    await Promise.all(numbers.map((n) => client.request('work', n)));
    expect(seen).toEqual(numbers);
    expect(peak).toBe(2);
  });
});

describe('a lost connection', () => {
  it('rejects the calls in flight and keeps those not sent', async () => {
    const started = deferred();
    const server = await startServer({
      wait: () => {
        started.resolve();
        return forever();
      },
      echo: (data) => data,
    });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const sent = client.request('wait').catch((error: unknown) => error);
    await started.promise;
    proxy.cut();
    const error = await sent;
    expect(error).toBeInstanceOf(WsClientError);
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', end: { code: 1006, wasOpen: true } });
    await expect(client.request('echo', 'later')).resolves.toBe('later');
  });

  it('sends what may be repeated again', async () => {
    const started = [deferred(), deferred()];
    const answer = deferred<string>();
    let count = 0;
    const server = await startServer({
      wait: () => {
        started[count++]?.resolve();
        return answer.promise;
      },
    });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const call = client.request('wait', undefined, { retry: true });
    await started[0]?.promise;
    proxy.cut();
    await started[1]?.promise;
    answer.resolve('at last');
    await expect(call).resolves.toBe('at last');
    expect(count).toBe(2);
  });
});

describe('what waits when the connection is lost', () => {
  it('goes out behind what is sent again', async () => {
    const seen: unknown[] = [];
    const started = deferred();
    const server = await startServer({
      note: (n: number) => {
        seen.push(n);
        if (seen.length === 2) started.resolve();
        return seen.length > 2 ? n : forever();
      },
    });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url, { maxCallsInFlight: 2 });
    const calls = [1, 2, 3].map((n) => client.request('note', n, { retry: true }));
    await started.promise;
    proxy.cut();
    await Promise.all(calls);
    expect(seen).toEqual([1, 2, 1, 2, 3]);
  });
});

describe('send', () => {
  it('waits for the connection and keeps the order', async () => {
    const seen: number[] = [];
    const server = await startServer({
      note: (n: number) => void seen.push(n),
      all: () => seen,
    });
    const client = createClient(server.url);
    for (const n of [1, 2, 3]) client.send('note', n);
    await expect(client.request('all')).resolves.toEqual([1, 2, 3]);
  });

  it('sends what it was given, whatever becomes of the object', async () => {
    const seen: unknown[] = [];
    const server = await startServer({
      note: (data: unknown) => void seen.push(data),
      all: () => seen,
    });
    const client = createClient(server.url);
    const data = { text: 'first' };
    client.send('note', data);
    data.text = 'changed';
    expect(() => client.send('note', 1n)).toThrow(TypeError);
    await expect(client.request('all')).resolves.toEqual([{ text: 'first' }]);
  });

  it('reports what the server could not handle', async () => {
    const failed = deferred<WsRemoteError>();
    const server = await startServer();
    const client = createClient(server.url, { onError: failed.resolve });
    client.send('unknown');
    await expect(failed.promise).resolves.toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  it('writes it to the console when nobody asked to be told', async () => {
    const told = deferred<unknown>();
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(told.resolve);
    onTestFinished(() => console.mockRestore());
    const server = await startServer();
    const client = createClient(server.url);
    client.send('unknown');
    expect(await told.promise).toMatch(/WsRemoteError: Unknown type[^]*code: 'UNKNOWN_TYPE'/);
    expect(client.status).toEqual({ state: 'open' });
  });

  it('writes ten a minute of a server that sends errors without end', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => console.mockRestore());
    const server = await startServer({ echo: (data) => data });
    const client = createClient(server.url);
    for (let times = 0; times < 100; times++) client.send('unknown');
    await client.request('echo');
    expect(console).toHaveBeenCalledTimes(10);
    expect(console).toHaveBeenLastCalledWith(expect.stringContaining('WsRemoteError'), 'and more');
  });

  it.each([
    ['moves no terminal', 'x\u001b[2J\u009b31m\r\nall is well'],
    ['stays short', 'x'.repeat(500_000)],
  ])('writes what a hostile server says so that it %s', async (_how, message) => {
    const told = deferred<unknown>();
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(told.resolve);
    onTestFinished(() => console.mockRestore());
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => server.close());
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.send(JSON.stringify({ op: 'error', error: { code: message, message } }));
    });
    createClient(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const written = String(await told.promise);
    expect(written).not.toMatch(/[^\P{Cc}\n]|^all is well/mu);
    expect(written.length).toBeLessThan(10_000);
  });

  it('writes them whatever becomes of the clock', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => console.mockRestore());
    const server = await startServer({ echo: (data) => data });
    const client = createClient(server.url);
    client.send('unknown');
    await client.request('echo');
    const clock = vi.spyOn(Date, 'now').mockReturnValue(0);
    onTestFinished(() => clock.mockRestore());
    const { now } = performance;
    const later = vi
      .spyOn(performance, 'now')
      .mockImplementation(() => now.call(performance) + 61e3);
    onTestFinished(() => later.mockRestore());
    for (let times = 0; times < 10; times++) client.send('unknown');
    await client.request('echo');
    expect(console).toHaveBeenCalledTimes(11);
  });

  it('throws when too much waits', async () => {
    const server = await startServer({}, { refuse: () => 503 });
    const client = createClient(server.url, { maxOutbox: 2 });
    client.send('a');
    client.send('b');
    expect(() => client.send('c')).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }));
    await expect(client.request('d')).rejects.toMatchObject({ code: 'OUTBOX_FULL' });
  });

  it('throws when the open connection takes no more', async () => {
    const server = await startServer({ note: () => undefined, hold: forever });
    const proxy = await startProxy(server);
    const client = createClient(proxy.url, { maxBufferedBytes: 1_000_000, closeTimeoutMs: 20 });
    await client.connect();
    proxy.stall();
    const big = 'x'.repeat(100_000);
    expect(() => {
      for (let n = 0; n < 1_000; n++) client.send('note', big);
    }).toThrow(expect.objectContaining({ code: 'OUTBOX_FULL' }));
  });
});

describe('close', () => {
  it('rejects what is in flight and what comes later, once and for all', async () => {
    const started = deferred();
    const server = await startServer({
      wait: () => {
        started.resolve();
        return forever();
      },
    });
    const client = createClient(server.url);
    const call = client.request('wait').catch((error: unknown) => error);
    await started.promise;
    const closing = client.close();
    await expect(call).resolves.toMatchObject({ code: 'CLOSED' });
    await closing;
    await server.whenEmpty();
    await expect(client.request('wait')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => client.send('wait')).toThrow('closed');
    await expect(client.connect()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(client.status).toEqual({ state: 'closed', unsent: 0 });
    expect(client.callsInFlight).toBe(0);
  });

  it('tells how much was not sent', async () => {
    const server = await startServer({}, { refuse: () => 503 });
    const client = createClient(server.url);
    client.send('a');
    client.send('b');
    await client.close();
    expect(client.status).toEqual({ state: 'closed', unsent: 2 });
  });

  it('is what `await using` does', async () => {
    const closed = deferred<number>();
    const server = await startServer(
      { echo: (data) => data },
      { onClose: ({ code }) => closed.resolve(code) },
    );
    {
      await using client = createClient(server.url);
      await client.request('echo', 1);
    }
    await expect(closed.promise).resolves.toBe(1000);
  });
});
