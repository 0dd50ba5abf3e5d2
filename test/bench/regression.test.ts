import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'nestjs-wsgate/server';
import { dial, next } from '../socket/support/serve.js';
import { type ObservedServer, type ObservedWrite, serveObserved } from './observed-writes.js';

// What makes the engine fast, counted instead of timed: these fail when batching or encoding once breaks.

const PIPELINED = 32;
const RECEIVERS = 5;
/** More than are written to in one turn. */
const MANY_RECEIVERS = 200;

/** An open client; what its handshake wrote is forgotten. */
async function join({ url, writes }: ObservedServer): Promise<WebSocket> {
  const client = dial(url);
  await next(client, 'open');
  writes.length = 0;
  return client;
}

/** Resolves with the first `count` messages. */
function receive(client: WebSocket, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const texts: string[] = [];
    client.on('message', (data) => {
      texts.push(String(data));
      if (texts.length === count) resolve(texts);
    });
  });
}

async function pipeline(served: ObservedServer): Promise<void> {
  const client = await join(served);
  const texts = Array.from({ length: PIPELINED }, (_, at) => `message ${at}`);
  const answers = receive(client, PIPELINED);
  // Sent in one tick, so that they arrive as one chunk.
  for (const text of texts) client.send(text);
  expect(await answers).toEqual(texts);
}

/** Where a buffer's bytes lie: equal for two buffers only if nothing was copied. */
function placeOf(write: ObservedWrite): unknown[] {
  return write.map(({ buffer, byteOffset, length }) => [memoryId(buffer), byteOffset, length]);
}

const memoryIds = new WeakMap<ArrayBufferLike, symbol>();

function memoryId(memory: ArrayBufferLike): symbol {
  const known = memoryIds.get(memory);
  if (known !== undefined) return known;
  const id = Symbol('memory');
  memoryIds.set(memory, id);
  return id;
}

async function gather(served: ObservedServer, count: number = RECEIVERS): Promise<WebSocket[]> {
  const clients: WebSocket[] = [];
  for (let at = 0; at < count; at++) clients.push(await join(served));
  return clients;
}

describe.each([
  ['fast lane', true],
  ['plain lane', false],
])('%s', (_name, fastLane) => {
  it('answers pipelined messages in one write', async () => {
    const served = await serveObserved({ fastLane });
    served.server.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(data));
    });
    await pipeline(served);
    expect(served.writes).toHaveLength(1);
  });

  it('writes once for handlers that answer in microtasks', async () => {
    const served = await serveObserved({ fastLane });
    const answer = async (socket: WebSocket, data: string | Buffer): Promise<void> => {
      await Promise.resolve();
      await Promise.resolve();
      socket.send(data);
    };
    served.server.on('connection', (socket) => {
      socket.on('message', (data) => void answer(socket, data as string));
    });
    await pipeline(served);
    expect(served.writes).toHaveLength(1);
  });

  it('frames a broadcast once: every socket writes the same memory', async () => {
    const served = await serveObserved({ fastLane });
    const clients = await gather(served);
    const received = clients.map((client) => receive(client, 1));
    served.server.broadcast('to all');
    expect(await Promise.all(received)).toEqual(clients.map(() => ['to all']));
    expect(served.writes).toHaveLength(RECEIVERS);
    const [first, ...others] = served.writes.map(placeOf);
    for (const other of others) expect(other).toEqual(first);
  });

  it('writes several broadcasts of one tick to a socket in one write', async () => {
    const served = await serveObserved({ fastLane });
    const clients = await gather(served);
    const received = clients.map((client) => receive(client, 3));
    for (const text of ['one', 'two', 'three']) served.server.broadcast(text);
    await Promise.all(received);
    expect(served.writes).toHaveLength(RECEIVERS);
    // Joined once: every socket writes the same memory.
    const [first, ...others] = served.writes.map(placeOf);
    for (const other of others) expect(other).toEqual(first);
  });

  it('lets a broadcast to many be joined by what is broadcast while it goes out', async () => {
    const served = await serveObserved({ fastLane });
    const clients = await gather(served, MANY_RECEIVERS);
    const received = clients.map((client) => receive(client, 2));
    served.server.broadcast('one');
    // Runs when the first receivers have been written to.
    setImmediate(() => served.server.broadcast('two'));
    expect(await Promise.all(received)).toEqual(clients.map(() => ['one', 'two']));
    expect(served.writes.length).toBeGreaterThan(MANY_RECEIVERS);
    expect(served.writes.length).toBeLessThan(1.5 * MANY_RECEIVERS);
  });
});
