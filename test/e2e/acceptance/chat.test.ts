import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { WsServer } from 'nestjs-wsgate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer, type WsPeer } from '../../nest/support/ws-peer.js';
import { until } from '../../support/until.js';
import { PLATFORMS, type Served, start } from '../support/serve.js';
import { ChatModule, Diary, PriceFeed } from './chat-app.js';

/** A signed cookie in the form of Express (`s:value.signature`) or Fastify (`value.signature`). */
function sign(value: string, secret: string, form: 'express' | 'fastify' = 'express'): string {
  const digest = createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`${form === 'express' ? 's:' : ''}${value}.${digest}`);
}

function cookie(user: string): { readonly headers: { readonly cookie: string } } {
  return { headers: { cookie: `theme=dark; sid=${sign(user, 'new')}` } };
}

describe.each(PLATFORMS)('the chat of the design, on %s', (platform) => {
  let served: Served;

  beforeEach(async () => {
    served = await start({ platform, imports: [ChatModule] });
  });

  afterEach(() => served.app.close());

  function join(user: string, room = 'lobby'): Promise<WsPeer> {
    return connectPeer(`${served.url}/chat/${room}`, cookie(user));
  }

  describe('the handshake', () => {
    it.each([
      ['no cookie', ''],
      ['an unsigned cookie', 'sid=ada'],
      ['a secret nobody knows', `sid=${sign('ada', 'guessed')}`],
      ['a signature of another value', `sid=${sign('ada', 'new').replace('ada', 'grace')}`],
      ['nobody’s session', `sid=${sign('mallory', 'new')}`],
    ])('refuses %s with 401', async (_what, value) => {
      const headers = { cookie: value };
      const refusal = await refusedPeer(`${served.url}/chat/lobby`, { headers });
      expect(refusal).toMatchObject({ status: 401, headers: { connection: 'close' } });
      expect(refusal.body).not.toContain('mallory');
    });

    it.each([
      ['the new secret', sign('ada', 'new')],
      ['the old secret', sign('ada', 'old')],
      ['Fastify’s form', sign('ada', 'new', 'fastify')],
    ])('takes a cookie signed with %s', async (_what, sid) => {
      const peer = await connectPeer(`${served.url}/chat/lobby`, {
        headers: { cookie: `sid=${sid}` },
      });
      expect(await peer.call('message.send', { text: 'hi' })).toMatchObject({ op: 'reply' });
    });

    it('fails closed when the store does', async () => {
      const refusal = await refusedPeer(`${served.url}/chat/lobby`, cookie('broken'));
      expect(refusal.status).toBe(500);
      expect(refusal.body).not.toContain('down');
    });

    it.each([
      ['https://app.example.com', 101],
      ['https://app.example.com.evil.example', 403],
      ['https://evil-app.example.com', 403],
      ['http://app.example.com', 403],
      ['https://app.example.com:8443', 403],
      ['null', 403],
    ])('with the Origin %s is a %i', async (origin, status) => {
      const url = `${served.url}/chat/lobby`;
      const options = { ...cookie('ada'), origin };
      if (status === 101) await (await connectPeer(url, options)).close();
      else expect(await refusedPeer(url, options)).toMatchObject({ status });
    });
  });

  it('sends a message to everybody else in the room', async () => {
    const [ada, grace, away] = [await join('ada'), await join('grace'), await join('grace', 'tea')];
    expect(await ada.call('message.send', { text: 'hi' })).toMatchObject({ data: { ok: true } });
    expect(await grace.next(() => true)).toEqual({
      type: 'message.new',
      data: { from: 'Ada', text: 'hi' },
    });
    await away.call('message.send', { text: 'alone here' });
    expect(ada.messages.filter(({ type }) => type === 'message.new')).toEqual([]);
    expect(away.messages.filter(({ type }) => type === 'message.new')).toEqual([]);
  });

  it('hands the handler a DTO with nothing in it that was not asked for', async () => {
    const ada = await join('ada');
    const reply = await ada.call('message.send', { text: 'hi', isAdmin: true });
    expect(reply).toMatchObject({ data: { keys: ['text'], isDto: true } });
  });

  it('says which field is wrong, and echoes nothing', async () => {
    const ada = await join('ada');
    const answer = await ada.call('message.send', { text: 'x'.repeat(21), secret: 'hunter2' });
    expect(answer).toEqual({
      op: 'error',
      id: 1,
      error: {
        code: 'VALIDATION',
        status: 400,
        message: expect.any(String) as unknown,
        details: [
          { path: 'text', messages: ['text must be shorter than or equal to 20 characters'] },
        ],
      },
    });
  });

  it('streams an Observable', async () => {
    const ada = await join('ada');
    expect(await ada.run('prices.watch', { symbols: ['ACME', 'ZZZ'] })).toEqual([
      { op: 'next', id: 1, data: { symbol: 'ACME', price: 1 } },
      { op: 'next', id: 1, data: { symbol: 'ZZZ', price: 2 } },
      { op: 'complete', id: 1 },
    ]);
  });

  it('unsubscribes when the client cancels, and says no more about it', async () => {
    const { watching } = served.app.get(PriceFeed);
    const ada = await join('ada');
    ada.send({ type: 'prices.watch', id: 'p', data: { symbols: ['endless'] } });
    await ada.next(({ op }) => op === 'next');
    expect(watching.size).toBe(1);
    ada.send({ op: 'cancel', id: 'p' });
    await ada.call('message.send', { text: 'hi' });
    expect(watching.size).toBe(0);
    expect(ada.messages.filter(({ id }) => id === 'p')).toHaveLength(1);
  });

  it('unsubscribes when the client goes away', async () => {
    const { watching } = served.app.get(PriceFeed);
    const ada = await join('ada');
    ada.send({ type: 'prices.watch', id: 'p', data: { symbols: ['endless'] } });
    await ada.next(({ op }) => op === 'next');
    ada.socket.terminate();
    await until(() => watching.size === 0);
  });

  it('pulls a generator only as far as the client gives credit, and ends it on cancel', async () => {
    const diary = served.app.get(Diary);
    const ada = await join('ada');
    ada.send({ type: 'report.lines', id: 'r', data: { from: 10 }, credit: 2 });
    await ada.next(({ data }) => isLine(data, 11));
    ada.send({ op: 'credit', id: 'r', n: 1 });
    await ada.next(({ data }) => isLine(data, 12));
    ada.socket.ping();
    await once(ada.socket, 'pong');
    const lines = ada.messages.map(({ op, data }) => [op, data]);
    expect(lines).toEqual([10, 11, 12].map((number) => ['next', { number }]));
    expect(diary.pulled).toBeLessThanOrEqual(4);
    ada.send({ op: 'cancel', id: 'r' });
    await until(() => diary.ended === 1);
    expect(ada.messages).toHaveLength(3);
  });

  it('tells the close hook who left, from where, and how', async () => {
    const { closes } = served.app.get(Diary);
    const ada = await join('ada');
    ada.socket.close(4000, 'bye');
    await ada.closed;
    await until(() => closes.length === 1);
    expect(closes).toEqual([
      { user: 'Ada', rooms: ['lobby'], code: 4000, reason: 'bye', wasClean: true },
    ]);
    expect(served.app.get(WsServer).connections.size).toBe(0);
  });
});

function isLine(data: unknown, number: number): boolean {
  return (data as { readonly number?: unknown } | undefined)?.number === number;
}
