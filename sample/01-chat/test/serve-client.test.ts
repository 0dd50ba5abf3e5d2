import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChatServer } from './chat-server.js';

let chat: ChatServer;

beforeAll(async () => {
  chat = await ChatServer.start();
});

afterAll(() => chat.remove());

/** GETs the path as it is written; `fetch` would tidy it up. */
async function statusOf(path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(chat.url);
  const [response] = (await once(request({ hostname, port, path }).end(), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  return response.statusCode;
}

/** The files that a module of ours imports, as URLs. */
async function readImports(url: string): Promise<string[]> {
  const response = await fetch(url);
  expect([url, response.status]).toEqual([url, 200]);
  expect(response.headers.get('content-type')).toMatch(/^text\/javascript\b/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  const imports = (await response.text()).matchAll(/^(?:import|export)\b.*\bfrom '(.+)';$/gm);
  return Array.from(imports, ([, path = '']) => new URL(path, url).href);
}

it('serves the client and all that it imports, as scripts', async () => {
  const modules = new Set([new URL('wsgate/client/index.js', chat.url).href]);
  for (const url of modules) for (const found of await readImports(url)) modules.add(found);
  expect(modules.size).toBeGreaterThan(10);
});

it.each([
  '/wsgate/',
  '/wsgate/index.js',
  '/wsgate/client',
  '/wsgate/client/',
  '/wsgate/server/index.js',
  '/wsgate/socket/web-socket.js',
  '/wsgate/protocol/endpoint.js',
  '/wsgate/protocol/invalid-use.js/../endpoint.js',
  '/wsgate/client/../index.js',
  '/wsgate/client/%2e%2e/index.js',
  '/wsgate/client/..%2findex.js',
  '/wsgate/client/..%5cindex.js',
  '/wsgate/client/..%2f..%2fpackage.json',
  '/wsgate/protocol/wsgate/../../../package.json',
])('does not serve %s', async (path) => {
  expect(await statusOf(path)).toBe(404);
});
