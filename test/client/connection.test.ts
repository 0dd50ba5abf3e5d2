import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InvalidUse, WebSocketServer } from 'nestjs-wsgate/server';
import {
  type WsAttempt,
  WsClient,
  type WsClientOptions,
  type WsRequestOptions,
  type WsSocket,
  type WsStatus,
  type WsStreamOptions,
} from 'nestjs-wsgate/client';
import { WsClient as BrowserClient } from '../../lib/client/index.js';
import { startRefusing } from './support/refusing.js';
import { deferred } from '../support/deferred.js';
import { nextUncaught } from '../socket/support/uncaught.js';
import { startProxy } from './support/tcp-proxy.js';
import { createClient, nextStatus, whenStatus } from './support/test-client.js';
import { startServer } from './support/test-server.js';

const echo = { echo: (data: unknown) => data };

describe('status', () => {
  it('is a value and a series of events', async () => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    const states: string[] = [client.status.state];
    client.onStatus(({ state }) => states.push(state));
    await client.connect();
    expect(client.status).toEqual({ state: 'open' });
    expect(client.status).toBe(client.status);
    const reopened = nextStatus(client, 'open');
    proxy.cut();
    await reopened;
    await client.close();
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open', 'closed']);
  });

  it('can be read in a loop that ends with the client', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    const states: string[] = [];
    for await (const { state } of client.onStatus()) {
      states.push(state);
      if (state === 'open') void client.close();
    }
    expect(states).toEqual(['open', 'closed']);
  });

  it.each<[string, (client: WsClient, state: string) => void]>([
    ['connects', (client, state) => state === 'connecting' && void client.close()],
    ['waits', (client, state) => state === 'waiting' && void client.close()],
  ])('stays closed where it is closed while it %s', async (_when, onStatus) => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    const client = createClient(proxy.url);
    await client.connect();
    client.onStatus(({ state }) => onStatus(client, state));
    const closed = nextStatus(client, 'closed');
    proxy.cut();
    await closed;
    // An attempt that was made nevertheless would have arrived before this one.
    await createClient(proxy.url).request('echo');
    expect(client.status).toMatchObject({ state: 'closed' });
    expect(server.requests).toHaveLength(2);
  });

  it('stays closed where it is closed while it is asked whether to go on', async () => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    const client = createClient(proxy.url, {
      shouldReconnect() {
        void client.close();
        return true;
      },
    });
    await client.connect();
    const closed = nextStatus(client, 'closed');
    proxy.cut();
    await closed;
    await createClient(proxy.url).request('echo');
    expect(client.status).toMatchObject({ state: 'closed' });
    expect(server.requests).toHaveLength(2);
  });

  it('counts attempts, says how long it waits, and why', async () => {
    const server = await startServer(echo, { refuse: () => 503 });
    const client = createClient(server.url, {
      random: () => 0.5,
      backoff: { minMs: 4, maxMs: 10 },
    });
    const waits: Extract<WsStatus, { state: 'waiting' }>[] = [];
    for await (const status of client.onStatus()) {
      if (status.state === 'waiting') waits.push(status);
      if (waits.length === 4) break;
    }
    expect(waits.map(({ attempt }) => attempt)).toEqual([2, 3, 4, 5]);
    expect(waits.map(({ delayMs }) => delayMs)).toEqual([4, 5, 5, 5]);
    expect(waits[0]?.end).toMatchObject({ code: 1006, wasOpen: false, httpStatus: 503 });
  });

  it.each([
    ['counts a connection as a failed attempt', 4_999, [2, 3, 4]],
    ['begins anew after a connection', 5_000, [1, 1, 1]],
  ])('%s that lasted %i ms', async (_what, lasted, expected) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startServer(echo);
    const client = createClient(server.url);
    const attempts: number[] = [];
    while (attempts.length < expected.length) {
      await whenStatus(client, 'open');
      vi.advanceTimersByTime(lasted);
      const waiting = nextStatus(client, 'waiting');
      server.session.terminate();
      attempts.push((await waiting).attempt);
    }
    expect(attempts).toEqual(expected);
  });
});

describe('connect', () => {
  it('does not wait for the next attempt when it is asked for one', async () => {
    let isUp = false;
    const server = await startServer(echo, { refuse: () => (isUp ? undefined : 503) });
    const anHour = 3_600_000;
    const client = createClient(server.url, {
      random: () => 0.99,
      backoff: { minMs: anHour, maxMs: anHour },
    });
    await whenStatus(client, 'waiting');
    isUp = true;
    await client.connect();
    expect(client.status).toEqual({ state: 'open' });
  });
});

describe('a lazy client', () => {
  it('connects with the first call', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url, { lazy: true });
    expect(client.status).toEqual({ state: 'idle' });
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });
});

describe('a server that has had too much', () => {
  it.each([4429, 1013])('is not come back to at once after %i', async (code) => {
    const server = await startServer(echo);
    const anHour = 3_600_000;
    const backoff = { minMs: anHour, maxMs: anHour };
    const client = createClient(server.url, { random: () => 0, backoff });
    await client.request('echo', 1);
    server.session.close(code, '');
    const status = await whenStatus(client, 'waiting');
    expect(status).toMatchObject({ end: { code }, attempt: 2, delayMs: anHour / 2 });
  });

  it('is not come back to at once after HTTP status 429', async () => {
    const server = await startServer(echo, { refuse: () => 429 });
    const backoff = { minMs: 100, maxMs: 3_600_000 };
    const client = createClient(server.url, { random: () => 0, backoff });
    expect(await whenStatus(client, 'waiting')).toMatchObject({ delayMs: 100, attempt: 2 });
  });

  it.each([
    ['seconds', () => '7', 7_000],
    ['a date', () => new Date(Date.now() + 90_500).toUTCString(), 89_000],
    ['a time no one waits for', () => '86400', 86_400_000],
    ['a time without end', () => '9'.repeat(400), Infinity],
    ['a date that has passed', () => new Date(0).toUTCString(), 0],
    ['nonsense', () => 'soon', undefined],
  ])('is not come back to before Retry-After: %s', async (_what, header, atLeast) => {
    const url = await startRefusing({ 'Retry-After': header() });
    const backoff = { minMs: 2, maxMs: 2 };
    const client = createClient(url, { random: () => 0.5, backoff });
    const { delayMs, end } = await whenStatus(client, 'waiting');
    expect(delayMs).toBe(Math.min(end?.retryAfterMs ?? 0, 300_000) + 1);
    if (atLeast === undefined) return expect(end).toMatchObject({ retryAfterMs: undefined });
    expect(end?.retryAfterMs).toBeGreaterThanOrEqual(atLeast);
    expect(end?.retryAfterMs).toBeLessThanOrEqual(atLeast + 2_000);
  });

  it('is come back to when it has said it would have room', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxConnections: 1 });
    onTestFinished(() => server.shutdown());
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [first, second] = [createClient(url), createClient(url, { lazy: true })];
    await first.connect();
    const refused = whenStatus(second, 'waiting');
    const connected = second.connect();
    const { delayMs, end } = await refused;
    expect(end).toMatchObject({ httpStatus: 503, retryAfterMs: 5_000 });
    expect(delayMs).toBeGreaterThanOrEqual(5_000);
    await first.close();
    // Whoever asks for it does not wait.
    await Promise.all([connected, second.connect()]);
    expect(second.status).toEqual({ state: 'open' });
  });

  it('tells a call when it may be tried again', async () => {
    const messageRate = { perSecond: 0.001, burst: 1 };
    const server = await startServer(echo, { limits: { messageRate } });
    const client = createClient(server.url);
    await client.request('echo', 1);
    await expect(client.request('echo', 2)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      status: 429,
      details: { retryAfterMs: expect.any(Number) as number },
    });
    expect(client.status).toEqual({ state: 'open' });
  });
});

describe('giving up', () => {
  it.each([4401, 4403, 1008, 1000])('follows close code %i', async (code) => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.request('echo');
    const stopped = whenStatus(client, 'stopped');
    server.session.close(code, 'because');
    const status = await stopped;
    expect(status).toMatchObject({ end: { code, reason: 'because', wasOpen: true }, unsent: 0 });
    const late = client.request('echo');
    await expect(late).rejects.toMatchObject({ code: 'CLOSED', end: { code } });
  });

  it.each([1001, 1011, 1013, 4408, 4429, 4000])('does not follow close code %i', async (code) => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.request('echo');
    server.session.close(code, '');
    await whenStatus(client, 'waiting');
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it.each([400, 401, 403, 404])('follows HTTP status %i', async (status) => {
    const server = await startServer(echo, { refuse: () => status });
    const client = createClient(server.url);
    const call = client.request('echo');
    await expect(call).rejects.toMatchObject({ code: 'CLOSED', end: { httpStatus: status } });
    expect(client.status).toMatchObject({ state: 'stopped', end: { httpStatus: status } });
  });

  it('follows an HTTP status whose body never ends', async () => {
    const http = createServer((_request, response) => {
      response.writeHead(403).write('no');
    });
    onTestFinished(() => http.close().closeAllConnections());
    await once(http.listen(0, '127.0.0.1'), 'listening');
    const client = createClient(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    await expect(client.connect()).rejects.toMatchObject({ end: { httpStatus: 403 } });
  });

  it.each([408, 429, 500, 502, 503])('does not follow HTTP status %i', async (status) => {
    let refusals = 2;
    const server = await startServer(echo, {
      refuse: () => (refusals-- > 0 ? status : undefined),
    });
    const client = createClient(server.url);
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('can be decided otherwise', async () => {
    let refusals = 1;
    const server = await startServer(echo, { refuse: () => (refusals-- > 0 ? 401 : undefined) });
    const client = createClient(server.url, { shouldReconnect: () => true });
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('is not decided by a `shouldReconnect` that throws, which is reported', async () => {
    const thrown = nextUncaught();
    const server = await startServer(echo);
    const client = createClient(server.url, {
      shouldReconnect: () => {
        throw new Error('a mistake');
      },
    });
    await client.request('echo');
    server.session.close(1001, '');
    await expect(thrown).resolves.toMatchObject({ message: 'a mistake' });
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('ends with connect(), after a login say', async () => {
    let isLoggedIn = false;
    const server = await startServer(echo, { refuse: () => (isLoggedIn ? undefined : 401) });
    const client = createClient(server.url);
    await expect(client.connect()).rejects.toMatchObject({ code: 'CLOSED' });
    isLoggedIn = true;
    await client.connect();
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('follows options that cannot be used, and says which', async () => {
    const cause = new Error('no such proxy');
    const client = createClient('ws://127.0.0.1:1', {
      webSocket: () => {
        throw cause;
      },
    });
    await expect(client.connect()).rejects.toMatchObject({
      code: 'CLOSED',
      message: 'The client has given up: unusable options: no such proxy',
      cause,
      end: { error: cause },
    });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object that is none', {}],
    ['a promise of one', Promise.resolve({ readyState: 0 })],
  ])('follows a webSocket option that makes %s, and says so', async (_what, made) => {
    const client = createClient('ws://127.0.0.1:1', { webSocket: () => made as WsSocket });
    await expect(client.request('echo')).rejects.toMatchObject({
      code: 'CLOSED',
      message:
        'The client has given up: unusable options: webSocket: no readyState given; expected a WebSocket',
      cause: { name: 'InvalidUse' },
    });
  });

  it('says so when the server does not', async () => {
    const server = await startServer(echo, { refuse: () => 401 });
    const error: unknown = await createClient(server.url)
      .connect()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message:
        'The client has given up: the server answered the opening handshake with 401, not 101: refused',
      cause: { statusCode: 401 },
    });
  });

  it('has no cause where there was no error', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.request('echo');
    const stopped = whenStatus(client, 'stopped');
    server.session.close(4401, '');
    await stopped;
    const error: unknown = await client.request('echo').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'The client has given up: 4401' });
    expect(error).not.toHaveProperty('cause');
  });
});

describe('options that cannot be used', () => {
  const relative = 'is relative, and there is no page to start from; expected ws://host/path';

  it.each([
    ['/b', `WsClient: the URL "/b" ${relative}`],
    ['not a url', `WsClient: the URL "not a url" ${relative}`],
    ['localhost:3000/b', 'scheme "localhost:" given; expected ws:, wss:, http: or https:'],
    ['http://', 'http:// is not a URL; expected ws://host/path'],
    ['ws://localhost/#top', 'a WebSocket URL has no fragment (#...)'],
  ])('throw at once in Node: %s', (url, message) => {
    expect(() => new WsClient(url, { lazy: true })).toThrow(new InvalidUse(message));
  });

  it('say what is wrong without Node too', async () => {
    const error: unknown = await new BrowserClient('/b').connect().catch((thrown) => thrown);
    expect(error).toMatchObject({
      message: 'The client has given up: unusable options: Invalid URL',
      cause: expect.any(TypeError) as Error,
    });
  });

  const clients = { 'in Node': WsClient, 'without Node': BrowserClient };

  it.each(
    Object.entries(clients).flatMap(([where, Client]) =>
      [0, 1.5].map((value) => [value, where, Client] as const),
    ),
  )('let nothing through: %d, %s', (value, _where, Client) => {
    const url = 'ws://127.0.0.1:1';
    const expected = `${value} given; expected a whole number from 1 up`;
    const inOptions = (options: WsClientOptions) => () =>
      new Client(url, { lazy: true, ...options });
    expect(inOptions({ credit: value })).toThrow(`credit: ${expected}`);
    expect(inOptions({ maxCallsInFlight: value })).toThrow(`maxCallsInFlight: ${expected}`);
    const client = new Client(url, { lazy: true });
    const stream = (): unknown => client.stream('any', undefined, { credit: value });
    expect(stream).toThrow(`credit: ${expected}`);
    expect(stream).toThrow(InvalidUse);
    expect(client.status).toEqual({ state: 'idle' });
  });
});

describe('options that are none', () => {
  it.each([
    [{ timeout: 5_000 }, 'WsClient: timeout: there is no such option'],
    [{ toString: 1 }, 'WsClient: toString: there is no such option'],
    [{ timeoutMs: '5s' }, 'WsClient: timeoutMs: 5s given; expected a number from 0 up'],
    [{ connectTimeoutMs: -1 }, 'WsClient: connectTimeoutMs: -1 given; expected a number from 0 up'],
    [{ maxOutbox: NaN }, 'WsClient: maxOutbox: NaN given; expected a number from 0 up'],
    [
      { backoff: { maxMs: '1s' } },
      'WsClient: backoff.maxMs: 1s given; expected a number from 0 up',
    ],
    [
      { backoff: { min: 1 } },
      'WsClient: backoff.min: there is no such option; there are minMs, maxMs',
    ],
    [{ shouldReconnect: true }, 'WsClient: shouldReconnect: true given; expected a function'],
    [{ lazy: 'yes' }, 'WsClient: lazy: yes given; expected a boolean'],
    [{ auth: 'token' }, 'WsClient: auth: token given; expected a function'],
    [{ credit: -1 }, 'WsClient: credit: -1 given; expected a number from 0 up'],
    [
      { codec: { encode: String, decode: String } },
      'WsClient: codec.protocol: undefined given; expected the name of a subprotocol: "chat.v1"',
    ],
    [
      { codec: { protocol: '', encode: String, decode: String } },
      'WsClient: codec.protocol:  given; expected the name of a subprotocol: "chat.v1"',
    ],
    [
      { codec: { protocol: 'a', encode: String } },
      'WsClient: codec.decode: undefined given; expected a function',
    ],
  ])('are refused: %o', (options, message) => {
    const create = () => new WsClient('ws://127.0.0.1:1', options as WsClientOptions);
    expect(create).toThrow(new InvalidUse(message));
  });

  it.each([
    [
      { timeout: 5_000 },
      'request: timeout: there is no such option; there are signal, timeoutMs, retry',
    ],
    [{ timeoutMs: NaN }, 'request: timeoutMs: NaN given; expected a number from 0 up'],
    [{ timeoutMs: -1 }, 'request: timeoutMs: -1 given; expected a number from 0 up'],
    [{ timeoutMs: '5s' }, 'request: timeoutMs: 5s given; expected a number from 0 up'],
    [{ retry: 3 }, 'request: retry: 3 given; expected a boolean'],
    [{ signal: true }, 'request: signal: true given; expected an object'],
  ])('reject a call: %o', async (options, message) => {
    const client = new WsClient('ws://127.0.0.1:1', { lazy: true });
    const call = client.request('any', undefined, options as WsRequestOptions);
    await expect(call).rejects.toEqual(new InvalidUse(message));
    expect(client.callsInFlight).toBe(0);
  });

  it.each([NaN, -1])('fail a call at once, where nothing checks them: timeoutMs %d', async (ms) => {
    const client = new BrowserClient('ws://127.0.0.1:1', { auth: () => new Promise(() => {}) });
    onTestFinished(() => client.close());
    const call = client.request('any', undefined, { timeoutMs: ms });
    await expect(call).rejects.toMatchObject({ code: 'TIMEOUT' });
  });

  it.each([
    [
      { resumes: true },
      'stream: resumes: there is no such option; there are credit, signal, resume, onDropped',
    ],
    [{ credit: NaN }, 'stream: credit: NaN given; expected a number from 0 up'],
    [{ credit: 2.5 }, 'stream: credit: 2.5 given; expected a whole number from 1 up'],
    [{ resume: true }, 'stream: resume: true given; expected a function'],
    [{ onDropped: 1 }, 'stream: onDropped: 1 given; expected a function'],
  ])('are refused by stream: %o', (options, message) => {
    const client = new WsClient('ws://127.0.0.1:1', { lazy: true });
    const create = () => client.stream('any', undefined, options as WsStreamOptions<unknown>);
    expect(create).toThrow(new InvalidUse(message));
  });

  it('are not those that are undefined', () => {
    const options: WsClientOptions = { timeoutMs: undefined, auth: undefined, lazy: true };
    expect(new WsClient('ws://127.0.0.1:1', options).status).toEqual({ state: 'idle' });
  });

  it('are not times longer than a timer can wait: a call without limit is answered', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url, { heartbeatIntervalMs: 2 ** 40 });
    expect(await client.request('echo', 1, { timeoutMs: Infinity })).toBe(1);
  });
});

describe('auth', () => {
  it('runs before each attempt and adds headers and a query', async () => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    const attempts: WsAttempt[] = [];
    const client = createClient(proxy.url, {
      auth: async (attempt) => {
        attempts.push(attempt);
        await Promise.resolve();
        return { headers: { cookie: `sid=${attempts.length}` }, query: { ticket: 't' } };
      },
    });
    await client.connect();
    const reopened = nextStatus(client, 'open');
    proxy.cut();
    await reopened;
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual(['sid=1', 'sid=2']);
    expect(server.requests[0]?.url).toBe('/?ticket=t');
    expect(attempts[0]).toMatchObject({ attempt: 1, lastEnd: undefined });
    expect(attempts[1]?.lastEnd).toMatchObject({ code: 1006, wasOpen: true });
  });

  it('gives up when it says no', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url, { auth: () => false });
    await expect(client.connect()).rejects.toMatchObject({ end: { reason: 'auth said no' } });
    expect(server.requests).toEqual([]);
  });

  it('is tried again when it throws or takes too long', async () => {
    const server = await startServer(echo);
    const outcomes = [
      (): Promise<void> => Promise.reject(new Error('offline')),
      (): Promise<void> => new Promise(() => undefined),
      (): void => {
        throw new Error('broken');
      },
    ];
    const ends: unknown[] = [];
    const client = createClient(server.url, {
      connectTimeoutMs: 50,
      auth: ({ lastEnd }) => {
        if (lastEnd) ends.push((lastEnd.error as Error).message);
        return outcomes.shift()?.();
      },
    });
    await expect(client.request('echo', 1)).resolves.toBe(1);
    expect(ends).toEqual(['offline', 'auth took too long', 'broken']);
  });

  it('opens nothing when the client is closed at any moment of it', async () => {
    const server = await startServer(echo);
    for (let turns = 0; turns < 12; turns++) {
      let opened = 0;
      const client = createClient(server.url, {
        auth: () => Promise.resolve({}),
        webSocket: () => {
          opened++;
          throw new Error('not wanted');
        },
      });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const before = opened;
      await client.close();
      await createClient(server.url).request('echo');
      expect(opened).toBe(before);
    }
  });

  it('is told when the client is closed meanwhile, and that is no failed attempt', async () => {
    const server = await startServer(echo);
    const asked = deferred<AbortSignal>();
    const ends: unknown[] = [];
    const client = createClient(server.url, {
      shouldReconnect: (end) => ends.push(end) > 0,
      auth: ({ signal }) => {
        asked.resolve(signal);
        return new Promise(() => undefined);
      },
    });
    const signal = await asked.promise;
    await client.close();
    expect(signal.aborted).toBe(true);
    await createClient(server.url).request('echo');
    expect(ends).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a network that says nothing', () => {
  it('is noticed while connecting', async () => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    proxy.weather = 'mute';
    const client = createClient(proxy.url, { connectTimeoutMs: 50 });
    const { end } = await whenStatus(client, 'waiting');
    expect(end).toMatchObject({ code: 1006, wasOpen: false });
    proxy.weather = 'fair';
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('is noticed by the heartbeat when it was cut without a word', async () => {
    const server = await startServer(echo);
    const proxy = await startProxy(server);
    const client = createClient(proxy.url, { heartbeatIntervalMs: 30, heartbeatTimeoutMs: 500 });
    await client.request('echo');
    proxy.stall();
    const lost = client.request('echo').catch((error: unknown) => error);
    const { end } = await whenStatus(client, 'waiting');
    expect(end).toMatchObject({ reason: 'no sign of life', wasOpen: true });
    await expect(lost).resolves.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('is not suspected while the server answers', async () => {
    const server = await startServer({
      ...echo,
      async *ticks() {
        for (let n = 0; n < 30; n++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          yield n;
        }
      },
    });
    const client = createClient(server.url, { heartbeatIntervalMs: 20, heartbeatTimeoutMs: 200 });
    const states: string[] = [];
    await client.connect();
    client.onStatus(({ state }) => states.push(state));
    for await (const _ of client.stream('ticks'));
    expect(states).toEqual([]);
  });
});

describe('what cannot be decoded', () => {
  it('costs the connection, so that no call waits for ever', async () => {
    const server = await startServer(
      { echo: (data) => data },
      {
        codec: {
          protocol: 'wsgate.v1',
          decode: (data) => JSON.parse(data as string) as unknown,
          encode: (message) =>
            'op' in message && message.op === 'reply' && message.data === 'bad'
              ? '{"op":"reply",'
              : JSON.stringify(message),
        },
      },
    );
    const client = createClient(server.url);
    const call = client.request('echo', 'bad');
    await expect(call).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      end: { error: expect.any(SyntaxError) as Error },
    });
    await expect(client.request('echo', 'good')).resolves.toBe('good');
  });
});

describe('goaway', () => {
  it('moves to a new connection, and what is in flight ends on the old one', async () => {
    const started = deferred();
    const answer = deferred<string>();
    const closed = deferred<number>();
    const server = await startServer(
      {
        ...echo,
        wait: () => {
          started.resolve();
          return answer.promise;
        },
      },
      { onClose: ({ code }) => closed.resolve(code) },
    );
    const client = createClient(server.url);
    const slow = client.request('wait');
    await started.promise;
    const old = server.session;
    const reopened = nextStatus(client, 'open');
    const drained = old.drain({ timeout: 5_000, grace: 5_000, reason: undefined });
    await reopened;
    await expect(client.request('echo', 'new')).resolves.toBe('new');
    expect(server.sessions).toHaveLength(2);
    expect(old.readyState).toBe(1);
    // It may say so again, and takes no call from the new connection by that.
    const drainedAgain = old.drain({ timeout: 5_000, grace: 5_000, reason: undefined });
    answer.resolve('old');
    await expect(slow).resolves.toBe('old');
    await expect(client.request('echo', 'still new')).resolves.toBe('still new');
    await Promise.all([drained, drainedAgain]);
    // 1000: the client let go of it; 1001: the server, whose last call it was, came first.
    expect([1000, 1001]).toContain(await closed.promise);
  });

  it('keeps an idle connection until there is a new one, then lets go of it', async () => {
    const states: (number | undefined)[] = [];
    const closed = deferred<number>();
    const server = await startServer(echo, {
      onOpen: () => states.push(server.sessions[0]?.readyState),
      onClose: ({ code }) => closed.resolve(code),
    });
    const client = createClient(server.url);
    await client.request('echo');
    server.session.push('goaway', '{"op":"goaway","afterMs":60000}');
    await expect(closed.promise).resolves.toBe(1000);
    expect(states).toEqual([1, 1]);
    await expect(client.request('echo', 1)).resolves.toBe(1);
  });

  it('sends again on the new connection what the old one took with it', async () => {
    const started = deferred();
    let runs = 0;
    const server = await startServer({
      wait() {
        runs += 1;
        if (runs > 1) return 'again';
        started.resolve();
        return new Promise(() => {});
      },
    });
    const client = createClient(server.url);
    const call = client.request('wait', undefined, { retry: true });
    await started.promise;
    const old = server.session;
    const reopened = nextStatus(client, 'open');
    old.push('goaway', '{"op":"goaway","afterMs":60000}');
    await reopened;
    old.terminate();
    await expect(call).resolves.toBe('again');
  });

  it('moves the streams that can resume at once', async () => {
    const server = await startServer({
      async *count(start: number, _connection: unknown, call: { readonly signal: AbortSignal }) {
        for (let n = start; !call.signal.aborted; n++) yield n;
      },
    });
    const client = createClient(server.url);
    const items: unknown[] = [];
    const stream = client.stream('count', 0, {
      credit: 4,
      resume: (last) => ((last as number | undefined) ?? -1) + 1,
    });
    for await (const item of stream) {
      items.push(item);
      if (items.length === 20) {
        const notice = { timeout: 5_000, grace: 5_000, reason: undefined };
        void server.session.drain(notice);
        await nextStatus(client, 'open');
      }
      if (items.length === 60) break;
    }
    expect(items).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(server.sessions).toHaveLength(2);
  });

  it('takes nothing more of a stream from the connection it has left', async () => {
    const server = await startServer({
      async *count(start: number) {
        for (let n = start; ; n++) {
          await new Promise((resolve) => setImmediate(resolve));
          yield n;
        }
      },
    });
    const proxy = await startProxy(server);
    // What is sent is on its way for a while, when the stream moves as well.
    proxy.weather = 'slow';
    const client = createClient(proxy.url);
    const items: unknown[] = [];
    const stream = client.stream('count', 0, {
      credit: 32,
      resume: (last) => ((last as number | undefined) ?? -1) + 1,
    });
    for await (const item of stream) {
      items.push(item);
      if (items.length % 60 === 30) server.session.push('goaway', '{"op":"goaway"}');
      if (items.length === 240) break;
    }
    expect(items).toEqual(Array.from({ length: 240 }, (_, n) => n));
    expect(server.sessions.length).toBeGreaterThan(2);
  });

  it('hears pushes from the new connection only, once it is there', async () => {
    const started = deferred();
    const answer = deferred();
    const server = await startServer(
      {
        ...echo,
        wait: () => {
          started.resolve();
          return answer.promise;
        },
      },
      { onOpen: (connection) => connection.join('all') },
    );
    const client = createClient(server.url);
    const heard: unknown[] = [];
    client.on('news', (data) => heard.push(data));
    const slow = client.request('wait');
    await started.promise;
    server.server.to('all').send('news', 1);
    await client.request('echo');
    const reopened = nextStatus(client, 'open');
    void server.session.drain({ timeout: 5_000, grace: 5_000, reason: undefined });
    await reopened;
    server.server.to('all').send('news', 2);
    answer.resolve();
    await slow;
    await client.request('echo');
    expect(heard).toEqual([1, 2]);
  });
});

describe('pushes', () => {
  it('reach everybody who listens, until they stop', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.connect();
    const heard: unknown[] = [];
    const stop = client.on('news', (data) => heard.push(['first', data]));
    const subscription = client.on('news').subscribe((data) => heard.push(['second', data]));
    server.server.broadcast('news', 1);
    await client.request('echo');
    stop();
    server.server.broadcast('news', 2);
    await client.request('echo');
    subscription.unsubscribe();
    server.server.broadcast('news', 3);
    await client.request('echo');
    expect(heard).toEqual([
      ['first', 1],
      ['second', 1],
      ['second', 2],
    ]);
  });

  it('can be read in a loop that ends with the client', async () => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.connect();
    const heard: unknown[] = [];
    const loop = (async () => {
      for await (const data of client.on('news')) {
        heard.push(data);
        if (data === 2) void client.close();
      }
    })();
    server.server.broadcast('news', 1);
    server.server.broadcast('news', 2);
    await loop;
    expect(heard).toEqual([1, 2]);
  });

  it.each<[string, (client: WsClient) => AsyncIterable<unknown>]>([
    ['pushes', (client) => client.on('news')],
    ['statuses', (client) => client.onStatus()],
  ])('end a loop over %s at once where the client is closed', async (_what, read) => {
    const server = await startServer(echo);
    const client = createClient(server.url);
    await client.connect();
    await client.close();
    const heard: unknown[] = [];
    for await (const data of read(client)) heard.push(data);
    expect(heard).toEqual([]);
  });

  it.each([
    ['1 000 of them', 2_000, '', 1_000],
    ['16 Mi characters', 40, 'x'.repeat(2 ** 19), 32],
  ])('fail a loop that does not read %s', async (_what, count, padding, most) => {
    const server = await startServer(echo, {
      limits: { push: { policy: 'drop', maxHeld: 2 ** 20, highWaterMark: 1e9 } },
    });
    const client = createClient(server.url);
    await client.connect();
    const news = client.on('news')[Symbol.asyncIterator]();
    const first = news.next();
    for (let n = 0; n < count; n++) server.server.broadcast('news', n + padding);
    await client.request('echo');
    await expect(first).resolves.toMatchObject({ value: 0 + padding });
    const rest: unknown[] = [];
    const read = async (): Promise<void> => {
      for (;;) rest.push((await news.next()).value);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'SLOW_CONSUMER',
      message: `${most} items were not read`,
    });
    expect(rest).toHaveLength(most);
  });

  it('go on, however much comes, where they are read', async () => {
    const server = await startServer(echo, {
      limits: { push: { policy: 'drop', maxHeld: 2 ** 20, highWaterMark: 1e9 } },
    });
    const client = createClient(server.url);
    await client.connect();
    let heard = 0;
    client.on('news', () => heard++);
    const read = (async () => {
      for await (const data of client.on('news')) if (data === 'last') return;
    })();
    for (let n = 0; n < 40; n++) {
      server.server.broadcast('news', 'x'.repeat(2 ** 19));
      await client.request('echo');
    }
    server.server.broadcast('news', 'last');
    await read;
    expect(heard).toBe(41);
  });
});
