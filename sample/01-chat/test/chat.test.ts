import { firstValueFrom, skip } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectPeer, refusedPeer, type WireMessage } from '../../../test/nest/support/ws-peer.js';
import { PriceFeed } from '../src/prices/price-feed.js';
import { ChatServer } from './chat-server.js';

let chat: ChatServer;

beforeEach(async () => {
  chat = await ChatServer.start();
});

afterEach(() => chat.remove());

/** Waits until the market has moved that often. */
function ticks(count: number): Promise<unknown> {
  return firstValueFrom(chat.app.get(PriceFeed).of([]).pipe(skip(count)));
}

describe('logging in', () => {
  it('sets a signed cookie that scripts cannot read', async () => {
    const response = await chat.post('login', { name: '  Ada ' });
    expect(await response.json()).toEqual({ name: 'Ada' });
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^sid=s%3A[\w%.-]+; Max-Age=\d+; Path=\/; .*HttpOnly; SameSite=Lax$/);
  });

  it('refuses a name that is taken, in whatever letters', async () => {
    await chat.join('Ada');
    const response = await chat.post('login', { name: 'ADA' });
    expect(response.status).toBe(409);
  });

  it('hands a name on when its owner is away, and ends the old session', async () => {
    const old = await chat.logIn('Ada');
    await chat.logIn('Ada');
    const state = await chat.post('session', {}, { cookie: old });
    expect(await state.json()).toEqual({ user: null, reason: 'ended' });
  });

  it.each(['', '   ', 'x'.repeat(41), 'Ada\u202e', 'A\u200bda', 7, null])(
    'refuses the name %j',
    async (name) => {
      expect((await chat.post('login', { name })).status).toBe(400);
    },
  );

  it('is refused to pages of other origins', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await chat.post('login', { name: 'Ada' }, headers)).status).toBe(403);
    expect((await chat.post('session', {}, headers)).status).toBe(403);
  });

  it.each([
    ['missing', ''],
    ['forged', 'sid=s%3Anobody.c2lnbmF0dXJl'],
    ['forged', 'sid=nobody'],
  ])('tells a page that its cookie is %s', async (reason, cookie) => {
    const state = await chat.post('session', {}, { cookie });
    expect(await state.json()).toEqual({ user: null, reason });
  });
});

describe('the door', () => {
  it.each(['', 'sid=s%3Anobody.c2lnbmF0dXJl', 'sid=nobody'])(
    'answers 401 to the cookie "%s"',
    async (cookie) => {
      const { status } = await refusedPeer(`${chat.url}chat`, { headers: { cookie } });
      expect(status).toBe(401);
    },
  );

  it.each(['https://evil.example', 'null', 'http://127.0.0.1'])(
    'answers 403 to the origin %s',
    async (origin) => {
      const cookie = await chat.logIn('Ada');
      const { status } = await refusedPeer(`${chat.url}chat`, { origin, headers: { cookie } });
      expect(status).toBe(403);
    },
  );

  it('opens to a page of this server', async () => {
    const headers = { cookie: await chat.logIn('Ada') };
    const origin = new URL(chat.url).origin;
    const peer = await connectPeer(`${chat.url}chat`, { origin, headers });
    expect((await peer.call('room.enter', { room: 'lobby' })).op).toBe('reply');
  });

  it('forbids scripts and styles that are not files of this server', async () => {
    const { headers } = await fetch(chat.url);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.has('x-powered-by')).toBe(false);
  });
});

describe('talking', () => {
  it('reaches everybody else in the room, and nobody elsewhere', async () => {
    const ada = await chat.join('Ada');
    const grace = await chat.join('Grace');
    const alan = await chat.join('Alan', 'ideas');
    const reply = await ada.call('message.send', { text: ' hello ' });
    expect(reply).toMatchObject({ op: 'reply', data: { from: 'Ada', text: 'hello' } });
    expect((await grace.next(({ type }) => type === 'message.new')).data).toEqual(reply.data);
    // What is answered last has nothing of it before it.
    await Promise.all([ada, alan].map((peer) => peer.call('room.enter', { room: 'ideas' })));
    const strays = [...ada.messages, ...alan.messages].filter(({ type }) => type === 'message.new');
    expect(strays).toEqual([]);
  });

  it('is remembered for those who come later', async () => {
    const ada = await chat.join('Ada');
    for (let n = 0; n < 205; n += 1) await ada.call('message.send', { text: `no ${n}` });
    const grace = await chat.open(await chat.logIn('Grace'));
    const { data } = await grace.call('room.enter', { room: 'lobby' });
    const { messages } = data as { messages: { text: string }[] };
    expect([messages.length, messages[0]?.text, messages.at(-1)?.text]).toEqual([
      200,
      'no 5',
      'no 204',
    ]);
  });

  it('says who is typing, to the others', async () => {
    const ada = await chat.join('Ada');
    const grace = await chat.join('Grace');
    ada.send({ type: 'typing' });
    expect((await grace.next(({ type }) => type === 'typing')).data).toEqual({ name: 'Ada' });
  });

  it.each([
    {},
    { text: '' },
    { text: ' \n ' },
    { text: 'x'.repeat(2001) },
    { text: {} },
    undefined,
  ])('refuses %j', async (data) => {
    const ada = await chat.join('Ada');
    const { op, error } = await ada.call('message.send', data);
    expect([op, error?.code]).toEqual(['error', 'VALIDATION']);
  });

  it('needs a room', async () => {
    const ada = await chat.open(await chat.logIn('Ada'));
    expect((await ada.call('message.send', { text: 'hello' })).error?.code).toBe('NO_ROOM');
  });
});

describe('rooms', () => {
  it('show who is here, each once however many windows they have', async () => {
    const cookie = await chat.logIn('Ada');
    const windows = [await chat.open(cookie), await chat.open(cookie)];
    for (const window of windows) await window.call('room.enter', { room: 'ideas' });
    const grace = await chat.open(await chat.logIn('Grace'));
    const { data } = await grace.call('room.enter', { room: 'ideas' });
    expect(data).toMatchObject({ people: ['Ada', 'Grace'] });
    await Promise.all(windows.map((window) => window.close()));
    const isAlone = ({ type, data: news }: { type?: string; data?: unknown }): boolean =>
      type === 'people' && (news as { people: string[] }).people.length === 1;
    expect((await grace.next(isAlone)).data).toEqual({ room: 'ideas', people: ['Grace'] });
  });

  it('are made by entering them, and empty ones make way', async () => {
    const ada = await chat.join('Ada');
    for (let n = 0; n < 60; n += 1) await ada.call('room.enter', { room: `room ${n}` });
    const { data } = await ada.call('room.enter', { room: 'lobby' });
    const { rooms } = data as { rooms: { name: string; people: number }[] };
    expect(rooms).toHaveLength(40);
    expect(rooms[0]).toEqual({ name: 'lobby', people: 1 });
    expect(rooms.at(-1)).toEqual({ name: 'room 59', people: 0 });
  });

  it.each(['', '<b>', 'x'.repeat(25), '__proto__'])('cannot be called %j', async (room) => {
    const ada = await chat.join('Ada');
    expect((await ada.call('room.enter', { room })).error?.code).toBe('VALIDATION');
  });
});

describe('prices', () => {
  const tickOf = ({ data }: WireMessage): number => (data as { tick: number }).tick;
  const isNext = ({ op }: { op?: string }): boolean => op === 'next';

  it('come as fast as they are asked for, and the newest first', async () => {
    const ada = await chat.join('Ada');
    ada.send({ type: 'prices.watch', id: 1, data: { symbols: ['OAK', 'INK'] }, credit: 1 });
    const first = await ada.take(isNext);
    expect(first.data).toMatchObject({ quotes: [{ symbol: 'OAK' }, { symbol: 'INK' }] });
    await ticks(5);
    await ada.call('room.enter', { room: 'lobby' });
    expect(ada.messages.filter(isNext)).toEqual([]);
    ada.send({ op: 'credit', id: 1, n: 1 });
    const second = await ada.take(isNext);
    expect(second.dropped).toBe(tickOf(second) - tickOf(first) - 1);
    expect(second.dropped).toBeGreaterThanOrEqual(4);
  });

  it('are not made up for symbols that are not traded', async () => {
    const ada = await chat.join('Ada');
    expect((await ada.call('prices.watch', { symbols: ['GOLD'] })).error?.code).toBe('VALIDATION');
  });
});

describe('logging out', () => {
  it('ends every connection of the session, and the session', async () => {
    const cookie = await chat.logIn('Ada');
    const peers = [await chat.open(cookie), await chat.open(cookie)];
    const grace = await chat.join('Grace');
    expect((await chat.post('logout', {}, { cookie })).status).toBe(204);
    for (const { closed } of peers)
      expect(await closed).toEqual({ code: 4401, reason: 'logged out' });
    expect((await refusedPeer(`${chat.url}chat`, { headers: { cookie } })).status).toBe(401);
    expect((await grace.call('message.send', { text: 'still here' })).op).toBe('reply');
  });
});

describe('a restart', () => {
  it('is announced, and logs nobody out', async () => {
    const cookie = await chat.logIn('Ada');
    const ada = await chat.open(cookie);
    await chat.stop();
    expect((await ada.closed).code).toBe(1001);
    expect(ada.messages.map(({ op }) => op)).toContain('goaway');
    await chat.start();
    const again = await chat.open(cookie);
    expect((await again.call('room.enter', { room: 'lobby' })).op).toBe('reply');
  });
});
