import { interval } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import type { WsGatewayOptions } from '../../../lib/nest/options/ws-module-options.js';
import { InvalidUse } from '../../../lib/protocol/invalid-use.js';
import { deferred } from '../../support/deferred.js';
import { until } from '../../support/until.js';
import { handlerOf, type SessionServer, startSessions } from './session-server.js';
import type { TestClient } from './test-client.js';

/** So slow that no test lives to see it give anything back. */
const perSecond = 0.001;

const limited = {
  op: 'error',
  error: {
    code: 'RATE_LIMITED',
    message: 'Too many messages',
    status: 429,
    details: { retryAfterMs: expect.any(Number) as number },
  },
};

async function start(
  limits: WsGatewayOptions,
): Promise<{ server: SessionServer; client: TestClient; calls: unknown[] }> {
  const calls: unknown[] = [];
  const handlers = [
    handlerOf('note', (payload) => void calls.push(payload)),
    handlerOf('hang', () => deferred().promise),
    handlerOf('ticks', () => interval(1)),
    handlerOf<number>('count', async function* (to) {
      for (let at = 0; at < to; at++) yield at;
    }),
  ];
  const server = await startSessions(handlers, { limits });
  return { server, client: await server.connect(), calls };
}

function many<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

describe('messageRate', () => {
  it('is off by default: no number of messages is too many', async () => {
    const { client, calls } = await start({});
    client.send(...many(2000, (at) => ({ type: 'note', data: at })));
    expect(await client.drain()).toEqual([]);
    expect(calls).toHaveLength(2000);
  });

  it('refuses calls beyond it under their ids, events without one, and goes on', async () => {
    const { client, calls, server } = await start({ messageRate: { perSecond, burst: 2 } });
    client.send({ type: 'note', id: 1 }, { type: 'note', data: 'event' });
    client.send({ type: 'note', id: 'late' }, { type: 'note' }, 'no JSON');
    expect(await client.take(4)).toEqual([
      { op: 'reply', id: 1 },
      { ...limited, id: 'late' },
      limited,
      limited,
    ]);
    expect(calls).toHaveLength(2);
    expect(server.session.readyState).toBe(1);
    expect(server.breaches[0]).toBe('RATE_LIMITED: Too many messages');
  });

  it('says when there is room again', async () => {
    const { client } = await start({ messageRate: { perSecond: 0.01, burst: 1 } });
    client.send({ type: 'note', id: 1 }, { type: 'note', id: 2 });
    await client.next();
    const { error } = await client.next();
    const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details;
    expect(retryAfterMs).toBeGreaterThan(90_000);
    expect(retryAfterMs).toBeLessThanOrEqual(100_000);
  });

  it('handles again what comes after a while', async () => {
    const { client, calls } = await start({ messageRate: { perSecond: 500, burst: 50 } });
    for (let sent = 0; calls.length < 55; sent++) {
      client.send({ type: 'note', id: sent });
      await client.next();
    }
  });

  it('counts what is not a message as well', async () => {
    const { client, calls } = await start({ messageRate: { perSecond, burst: 3 } });
    client.send('no JSON', '[]', { op: 'nonsense' }, { type: 'note', id: 1 });
    const codes = (await client.take(4)).map(({ error }) => (error as { code: string }).code);
    expect(codes).toEqual(['BAD_MESSAGE', 'BAD_MESSAGE', 'BAD_MESSAGE', 'RATE_LIMITED']);
    expect(calls).toEqual([]);
  });

  it('never answers in the name of a call in flight', async () => {
    const { client } = await start({ messageRate: { perSecond, burst: 1 } });
    client.send({ type: 'hang', id: 1 }, { type: 'hang', id: 1 });
    expect(await client.next()).toMatchObject({ id: 1, error: { code: 'DUPLICATE_ID' } });
    client.send({ type: 7, id: 1 }, { type: 7, id: 2 });
    const [untied, own] = await client.take(2);
    expect(untied).toMatchObject({ op: 'error', error: { code: 'RATE_LIMITED' } });
    expect(untied).not.toHaveProperty('id');
    expect(own).toMatchObject({ id: 2, error: { code: 'RATE_LIMITED' } });
  });

  it('closes with 4429 who goes on after ten bursts of refusals', async () => {
    const { client, calls, server } = await start({ messageRate: { perSecond, burst: 3 } });
    const closed = client.closed();
    client.send(...many(3 + 30 + 1 + 50, (at) => ({ type: 'note', id: at })));
    expect(await closed).toBe(4429);
    expect(calls).toHaveLength(3);
    expect(await client.take(33)).toHaveLength(33);
    await expect(client.next()).rejects.toThrow('closed');
    await server.live.registry.whenEmpty();
    expect(server.closes).toEqual([expect.objectContaining({ code: 4429, wasClean: true })]);
  });

  it('closes at once where excess says so', async () => {
    const messageRate = { perSecond, burst: 2, excess: 'close' } as const;
    const { client, calls } = await start({ messageRate });
    const closed = client.closed();
    client.send(...many(3, (at) => ({ type: 'note', id: at })));
    expect(await closed).toBe(4429);
    expect(calls).toHaveLength(2);
  });
});

describe('what messageRate does to streams', () => {
  const messageRate = { perSecond, burst: 2 };

  it('lets a client read one as fast as it likes, credit by credit', async () => {
    const { client } = await start({ messageRate: { ...messageRate, excess: 'close' } });
    client.send({ type: 'count', id: 1, data: 500, credit: 1 });
    for (let item = await client.next(); item['op'] === 'next'; item = await client.next()) {
      client.send({ op: 'credit', id: 1, n: 1 });
    }
    client.send({ type: 'note', id: 2 });
    expect(await client.next()).toEqual({ op: 'reply', id: 2 });
  });

  it('lets it cancel whatever it may have asked for', async () => {
    const { client, server } = await start({ messageRate });
    client.send({ type: 'ticks', id: 1, credit: 0 }, { type: 'hang', id: 2 });
    client.send({ type: 'note', id: 3 });
    expect(await client.next()).toMatchObject({ ...limited, id: 3 });
    client.send({ op: 'cancel', id: 1 }, { op: 'cancel', id: 2 });
    await client.drain();
    expect(server.session.streamsInFlight).toBe(0);
  });

  it.each(['credit', 'cancel', 'ping'])('but ends a flood of %s', async (op) => {
    const { client, server } = await start({ messageRate, controlFrameRate: 0 });
    const closed = client.closed();
    client.send({ type: 'ticks', id: 1, credit: 0 });
    client.send(...many(100, () => ({ op, id: op === 'cancel' ? 9 : 1, n: 1 })));
    expect(await closed).toBe(4429);
    expect(server.breaches).toEqual(['too many messages']);
  });
});

describe('controlFrameRate', () => {
  it.each(['ping', 'pong'] as const)('ends a flood of %ss with 4429 by default', async (kind) => {
    const { client, server } = await start({});
    const closed = client.closed();
    for (let sent = 0; sent < 2000; sent++) client.socket[kind]();
    expect(await closed).toBe(4429);
    expect(server.breaches).toEqual(['too many pings and pongs']);
  });

  it('counts the ping of the protocol with them', async () => {
    const { client } = await start({ controlFrameRate: { perSecond, burst: 4 } });
    const closed = client.closed();
    client.socket.ping();
    client.socket.pong();
    client.send(...many(3, () => ({ op: 'ping' })));
    expect(await closed).toBe(4429);
    expect(await client.take(2)).toHaveLength(2);
  });

  it('leaves several hundred at once alone, and any number where it is off', async () => {
    const standard = await start({});
    for (let sent = 0; sent < 400; sent++) standard.client.socket.ping();
    await standard.client.drain();
    const off = await start({ controlFrameRate: 0 });
    for (let sent = 0; sent < 5000; sent++) off.client.socket.ping();
    await off.client.drain();
  });
});

describe('answers nobody reads', () => {
  it.each([
    ['what cannot be decoded', {}, '{'],
    ['what is beyond the rate', { messageRate: { perSecond, burst: 100_000 } }, { type: 'note' }],
  ])('to %s do not pile up: the server stops reading', async (_name, limits, message) => {
    const highWaterMark = 64 * 1024;
    const push = { policy: 'close', maxHeld: 2 ** 20, highWaterMark } as const;
    const { client, server } = await start({ ...limits, push, stallTimeout: 100 });
    client.stopReading();
    for (let sent = 0; sent < 200_000; sent++) client.send(message);
    // It gives the client up when nothing has been read for a while.
    await until(() => server.session.readyState !== 1);
    expect(server.session.bufferedAmount).toBeLessThan(2 * highWaterMark);
  });
});

describe('rates that are none', () => {
  it.each([
    { messageRate: -1 },
    { messageRate: { perSecond: 1, burst: 0 } },
    { messageRate: { perSecond: 1, excess: 'drop' as 'close' } },
    { controlFrameRate: NaN },
    { controlFrameRate: { perSecond: Infinity } },
  ])('are refused at set-up: %j', (options) => {
    expect(() => resolveWsOptions(options)).toThrow(InvalidUse);
  });
});
