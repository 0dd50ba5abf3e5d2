import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Gauge } from '../../lib/nest/session/gauge.js';
import type { WsClient } from 'nestjs-wsgate/client';
import { watchTimers } from '../support/watch-timers.js';
import { startProxy, type TcpProxy, type Weather } from './support/tcp-proxy.js';
import { createClient, whenStatus } from './support/test-client.js';
import { type Handler, startServer, type TestServer } from './support/test-server.js';

/** How long the cuts go on: `npm run test:chaos` makes it a minute. */
const CHAOS_MS = Number(process.env['WSGATE_CHAOS_SECONDS'] ?? 3) * 1_000;

const CLIENT_CODES = ['CONNECTION_LOST', 'TIMEOUT', 'CLOSED', 'OUTBOX_FULL'];

/** A server that counts the streams that run on it, and soon misses clients that are gone. */
async function startCountingServer(): Promise<{ server: TestServer; running: Gauge }> {
  const running = new Gauge();
  const handlers: Readonly<Record<string, Handler>> = {
    echo: (data) => data,
    later: async (data) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      return data;
    },
    async *count(start: number) {
      running.up();
      try {
        for (let n = start; ; n++) {
          await new Promise((resolve) => setImmediate(resolve));
          yield n;
        }
      } finally {
        running.down();
      }
    },
  };
  const server = await startServer(handlers, { socket: { heartbeatInterval: 200 } });
  return { server, running };
}

/** What became of many calls. */
class Tally {
  started = 0;
  ended = 0;
  wrong: unknown[] = [];
  readonly #client: WsClient;
  #goal: { readonly count: number; readonly reached: () => void } | undefined;

  constructor(client: WsClient) {
    this.#client = client;
  }

  /** One call; counts each settling of its promise. */
  async call(signal?: AbortSignal): Promise<void> {
    const data = ++this.started;
    const [type, retry] = data % 2 ? (['echo', false] as const) : (['later', true] as const);
    await this.#client.request(type, data, { retry, signal }).then(
      (reply) => this.#end(reply === data ? undefined : reply),
      (error: { readonly code?: string }) =>
        this.#end(CLIENT_CODES.includes(error.code ?? '') ? undefined : error),
    );
  }

  /** Resolves when so many more calls have ended. */
  more(count: number): Promise<void> {
    return new Promise((reached) => (this.#goal = { count: this.ended + count, reached }));
  }

  #end(wrong: unknown): void {
    this.ended++;
    if (wrong !== undefined) this.wrong.push(wrong);
    if (this.ended === this.#goal?.count) this.#goal.reached();
  }
}

/** Reads a stream that resumes, until told to stop, and checks that no item is missing or twice. */
async function readCount(client: WsClient, isOver: () => boolean): Promise<number> {
  const stream = client.stream('count', 0, {
    credit: 8,
    resume: (last) => ((last as number | undefined) ?? -1) + 1,
  });
  let expected = 0;
  for await (const item of stream) {
    expect(item).toBe(expected++);
    if (isOver()) break;
  }
  return expected;
}

async function expectNothingLeft(client: WsClient, running: Gauge): Promise<void> {
  expect(client.callsInFlight).toBe(0);
  await client.close();
  await running.whenZero();
}

describe.each<Weather>(['fair', 'split', 'slow'])('a network that is %s', (weather) => {
  it('makes no difference', async () => {
    const { server, running } = await startCountingServer();
    const proxy = await startProxy(server);
    proxy.weather = weather;
    const client = createClient(proxy.url);
    const tally = new Tally(client);
    let items = 0;
    const reading = readCount(client, () => ++items >= 50);
    await Promise.all(Array.from({ length: 50 }, () => tally.call()));
    await reading;
    expect(tally).toMatchObject({ started: 50, ended: 50, wrong: [] });
    expect(proxy.accepted).toBe(1);
    await expectNothingLeft(client, running);
  });
});

describe('a network that ends one direction only', () => {
  it('is a lost connection', async () => {
    const { server, running } = await startCountingServer();
    const proxy = await startProxy(server);
    const client = createClient(proxy.url, { heartbeatIntervalMs: 30, heartbeatTimeoutMs: 500 });
    await client.request('echo');
    proxy.halfClose();
    await whenStatus(client, 'waiting');
    await expect(client.request('echo', 1)).resolves.toBe(1);
    await expectNothingLeft(client, running);
  });
});

describe('a network that refuses everybody', () => {
  it('is tried until it does not', async () => {
    const { server, running } = await startCountingServer();
    const proxy = await startProxy(server);
    proxy.weather = 'refuse';
    const client = createClient(proxy.url);
    client.onStatus(({ state }) => {
      if (state === 'waiting' && proxy.accepted === 5) proxy.weather = 'fair';
    });
    await expect(client.request('echo', 1)).resolves.toBe(1);
    expect(proxy.accepted).toBe(6);
    await expectNothingLeft(client, running);
  });
});

describe('a server that restarts under load', () => {
  it('loses no call when it says goaway', async () => {
    const { server, running } = await startCountingServer();
    const client = createClient(server.url);
    let answered = 0;
    let notify = (): void => undefined;
    const stop = new AbortController();
    const load = Array.from({ length: 20 }, async (_, n) => {
      while (!stop.signal.aborted) {
        await expect(client.request('later', n)).resolves.toBe(n);
        answered++;
        notify();
      }
    });
    for (let restarts = 0; restarts < 4; restarts++) {
      const goal = answered + 100;
      await new Promise<void>((resolve) => {
        notify = () => void (answered >= goal && resolve());
      });
      await server.shutDown(2_000, 1_000);
      await server.start();
    }
    stop.abort();
    await Promise.all(load);
    await expectNothingLeft(client, running);
  });

  it('leaves each call with one outcome', async () => {
    const { server, running } = await startCountingServer();
    const client = createClient(server.url);
    const tally = new Tally(client);
    const stop = new AbortController();
    const isOver = (): boolean => stop.signal.aborted;
    const load = Array.from({ length: 20 }, async () => {
      while (!isOver()) await tally.call();
    });
    const reading = readCount(client, isOver);
    for (let restarts = 0; restarts < 5; restarts++) {
      await tally.more(50);
      if (restarts % 2) await server.crash();
      else await server.shutDown(2_000, 50);
      await server.start();
    }
    stop.abort();
    await Promise.all([...load, reading]);
    expect(tally.wrong).toEqual([]);
    expect(tally.ended).toBe(tally.started);
    await expectNothingLeft(client, running);
  });
});

describe('cut after cut', () => {
  const weathers: readonly ((proxy: TcpProxy) => void)[] = [
    (proxy) => proxy.cut(),
    (proxy) => proxy.halfClose(),
    (proxy) => proxy.stall(),
    (proxy) => (proxy.weather = 'slow'),
    (proxy) => (proxy.weather = 'split'),
    (proxy) => proxy.cut(),
    (proxy) => (proxy.weather = 'fair'),
  ];

  it(
    'ends with nothing left: no call, no stream, no listener, no timer',
    async () => {
      const timers = watchTimers();
      const { server, running } = await startCountingServer();
      const proxy = await startProxy(server);
      const client = createClient(proxy.url, {
        heartbeatIntervalMs: 50,
        heartbeatTimeoutMs: 100,
        timeoutMs: 5_000,
      });
      await client.connect();
      const signals = Array.from({ length: 8 }, () => new AbortController().signal);
      const tally = new Tally(client);
      const end = Date.now() + CHAOS_MS;
      const isOver = (): boolean => Date.now() >= end;
      const load = signals.map(async (signal) => {
        while (!isOver()) await tally.call(signal);
      });
      const streams = Array.from({ length: 4 }, () => readCount(client, isOver));
      let turns = 0;
      // A cut every 150 ms, and every other kind of bad weather in between.
      const clock = setInterval(() => weathers[turns++ % weathers.length]?.(proxy), 150);
      await Promise.all(load);
      clearInterval(clock);
      proxy.weather = 'fair';
      const items = await Promise.all(streams);
      expect(tally.wrong).toEqual([]);
      expect(tally.ended).toBe(tally.started);
      expect(tally.ended).toBeGreaterThan(CHAOS_MS / 100);
      for (const count of items) expect(count).toBeGreaterThan(CHAOS_MS / 100);
      expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
      await expectNothingLeft(client, running);
      await proxy.stop();
      await server.crash();
      expect(timers.pending).toBe(0);
      console.log(
        `chaos: ${tally.ended} calls, ${items.join('+')} items, ${proxy.accepted} connections`,
      );
    },
    CHAOS_MS + 10_000,
  );
});
