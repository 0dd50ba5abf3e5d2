import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { WebSocketServer } from 'nestjs-wsgate/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createServer } from '../src/create-server.js';

let server: WebSocketServer;

beforeEach(async () => {
  server = createServer(0);
  await once(server, 'listening');
});

afterEach(async () => {
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

async function open(path = ''): Promise<WebSocket> {
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${path}`, { maxPayload: 0 });
  await once(socket, 'open');
  return socket;
}

async function read(socket: WebSocket): Promise<[Buffer, boolean]> {
  return (await once(socket, 'message')) as [Buffer, boolean];
}

it('echoes text as text', async () => {
  const socket = await open();
  socket.send('zażółć 🐢');
  const [data, isBinary] = await read(socket);
  expect([data.toString(), isBinary]).toEqual(['zażółć 🐢', false]);
});

it.each([0, 1, 125, 126, 65_536, 16 * 1024 * 1024])('echoes %i bytes', async (length) => {
  const socket = await open();
  const bytes = randomBytes(length);
  socket.send(bytes);
  const [data, isBinary] = await read(socket);
  expect([data.equals(bytes), isBinary]).toEqual([true, true]);
});

it('agrees on compression', async () => {
  const socket = await open();
  expect(socket.extensions).toMatch(/^permessage-deflate/);
});

it('closes with 1009 above 64 MiB', async () => {
  const socket = await open();
  socket.on('error', () => {});
  socket.send(Buffer.alloc(64 * 1024 * 1024 + 1), { compress: false });
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
});

it('sends to everybody on /broadcast', async () => {
  const sockets = [await open('broadcast'), await open('broadcast')];
  const read2 = Promise.all(sockets.map(read));
  sockets[0]?.send('to all');
  expect((await read2).map(([data]) => data.toString())).toEqual(['to all', 'to all']);
});
