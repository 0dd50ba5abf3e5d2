import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectPeer, refusedPeer, type WsPeer } from '../../../test/nest/support/ws-peer.js';
import { createShop } from '../src/create-shop.js';

const SILENT = { log() {}, error() {}, warn() {} };

let app: NestExpressApplication;
let url: string;

beforeEach(async () => {
  app = await createShop('a secret', SILENT);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterEach(() => app.close());

function post(path: string, body: unknown = {}, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', cookie };
  return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function logIn(name: string, cookie = ''): Promise<string> {
  const response = await post('/login', { name }, cookie);
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

function open(cookie: string): Promise<WsPeer> {
  return connectPeer(`${url}/basket`, { headers: { cookie } });
}

it('knows on the WebSocket who logged in over HTTP', async () => {
  const peer = await open(await logIn('Ada'));
  expect(await peer.call('whoami')).toMatchObject({ op: 'reply', data: { name: 'Ada' } });
});

it.each([
  ['no cookie', ''],
  ['a forged one', 'shop=s%3Aanything.c2lnbmF0dXJl'],
])('refuses %s with 401, on both', async (_, cookie) => {
  expect((await refusedPeer(`${url}/basket`, { headers: { cookie } })).status).toBe(401);
  expect((await fetch(`${url}/basket`, { headers: { cookie } })).status).toBe(401);
});

it('refuses pages of other origins', async () => {
  const cookie = await logIn('Ada');
  const origin = 'https://evil.example';
  expect((await refusedPeer(`${url}/basket`, { origin, headers: { cookie } })).status).toBe(403);
});

it('writes what HTTP reads', async () => {
  const cookie = await logIn('Ada');
  const [one, two] = [await open(cookie), await open(cookie)];
  await Promise.all([
    one.call('basket.add', { item: 'tea' }),
    one.call('basket.add', { item: 'milk' }),
  ]);
  const { data } = await two.call('basket.add', { item: 'cups' });
  expect(data).toEqual(['tea', 'milk', 'cups']);
  const basket = await fetch(`${url}/basket`, { headers: { cookie } });
  expect(await basket.json()).toEqual(['tea', 'milk', 'cups']);
});

it('ends the connections of a session that logs out, and no others', async () => {
  const cookie = await logIn('Ada');
  const peers = [await open(cookie), await open(cookie)];
  const grace = await open(await logIn('Grace'));
  expect((await post('/logout', {}, cookie)).status).toBe(204);
  for (const { closed } of peers) {
    expect(await closed).toEqual({ code: 4401, reason: 'logged out' });
  }
  expect((await grace.call('whoami')).data).toEqual({ name: 'Grace' });
  expect((await refusedPeer(`${url}/basket`, { headers: { cookie } })).status).toBe(401);
});

it('gives a login a session id of its own, and ends what ran on the old one', async () => {
  const cookie = await logIn('Ada');
  const peer = await open(cookie);
  expect(await logIn('Ada', cookie)).not.toBe(cookie);
  expect((await peer.closed).code).toBe(4401);
});
