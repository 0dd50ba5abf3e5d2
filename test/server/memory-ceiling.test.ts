import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  InvalidUse,
  MemoryLedger,
  type MemoryLevel,
  WebSocket,
  WebSocketServer,
} from 'nestjs-wsgate/server';
import {
  clientFrame,
  FIN_CLOSE,
  RawPeer,
  FIN_TEXT,
  upgradeRequest,
} from '../socket/support/raw-peer.js';
import { nextUncaught } from '../socket/support/uncaught.js';
import { dial, echo, next, pair, serve } from '../socket/support/serve.js';

const KIB = 1024;

/** Waits until the server holds what it should. */
async function held(server: WebSocketServer, isRight: (bytes: number) => boolean): Promise<void> {
  while (!isRight(server.heldBytes)) await setImmediate();
}

/** Has a peer send all but the last byte of a message; a slab of at least its size is held for it. */
async function hoard(server: WebSocketServer, peer: RawPeer, size: number): Promise<Buffer> {
  const before = server.heldBytes;
  const frame = clientFrame(FIN_TEXT, 'x'.repeat(size));
  peer.socket.write(frame.subarray(0, -1));
  await held(server, (now) => now - before >= size);
  return frame.subarray(-1);
}

/** Peers in the order of the server's `clients`. */
async function joinMany(port: number, count: number): Promise<RawPeer[]> {
  const peers: RawPeer[] = [];
  while (peers.length < count) peers.push(await RawPeer.join(port));
  return peers;
}

describe('what connections hold', () => {
  it('is a message that has not ended, until it ends', async () => {
    const { server, port } = await serve();
    const peer = await RawPeer.join(port);
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(10 * KIB));
    peer.socket.write(frame.subarray(0, 5000));
    await held(server, (bytes) => bytes >= 5000);
    expect(server.heldBytes).toBeLessThan(4 * 10 * KIB);
    peer.socket.write(frame.subarray(5000));
    await held(server, (bytes) => bytes === 0);
  });

  it.each([
    ['a byte of a header', clientFrame(FIN_TEXT, 'abc').subarray(0, 1)],
    ['an empty fragment', clientFrame(0x01, '')],
  ])('counts what little there is of %s', async (_what, bytes) => {
    const { server, port } = await serve();
    const peer = await RawPeer.join(port);
    peer.socket.write(bytes);
    await held(server, (now) => now > bytes.length);
    peer.socket.destroy();
    await held(server, (now) => now === 0);
  });

  it('is what waits for a client that does not read', async () => {
    const { server, far, near } = await pair();
    near.pause();
    while (far.bufferedAmount === 0) {
      far.send(Buffer.alloc(64 * KIB));
      await setImmediate();
    }
    far.send(Buffer.alloc(1024 * KIB));
    await setImmediate();
    expect(server.heldBytes).toBeGreaterThanOrEqual(far.bufferedAmount);
    expect(far.bufferedAmount).toBeGreaterThan(1024 * KIB);
    near.resume();
    await next(far, 'drain');
    expect(server.heldBytes).toBe(0);
  });

  it('is what has arrived for a server that does not read', async () => {
    const { server, far, near } = await pair();
    far.on('message', () => far.pause());
    near.send('first');
    near.send('x'.repeat(1000));
    await held(server, (bytes) => bytes >= 1000);
    far.resume();
    await held(server, (bytes) => bytes === 0);
  });

  it('is nothing after any kind of end', async () => {
    const { server, port } = await serve();
    const peers = await joinMany(port, 3);
    for (const peer of peers) await hoard(server, peer, 10 * KIB);
    const [first, ...others] = server.clients;
    first?.terminate();
    for (const peer of others) peer.close(1000);
    for (const peer of peers) peer.socket.end();
    await held(server, (bytes) => bytes === 0);
  });
});

describe('memoryCeiling', () => {
  const CEILING = 1024 * KIB;

  /** Three make three quarters of the ceiling: enough for `throttling`. */
  const QUARTER = 250 * KIB;
  const EIGHTH = 120 * KIB;
  const PATIENCE = 1000;

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  interface Scene {
    readonly server: WebSocketServer;
    readonly port: number;
    readonly peers: readonly RawPeer[];
    /** One that calls and is answered. */
    readonly caller: WebSocket;
    readonly levels: MemoryLevel[];
  }

  async function open(): Promise<Scene> {
    const levels: MemoryLevel[] = [];
    const memoryLedger = new MemoryLedger(CEILING, (level) => levels.push(level));
    const { server, port, url } = await serve({ memoryLedger, heartbeatInterval: 0 });
    echo(server);
    const peers = await joinMany(port, 5);
    const caller = dial(url);
    await next(caller, 'open');
    return { server, port, peers, caller, levels };
  }

  async function call(caller: WebSocket, text: string): Promise<void> {
    caller.send(text);
    expect((await next(caller, 'message'))[0]).toBe(text);
  }

  it('stops reading from who holds much, and serves all others', async () => {
    const { server, peers, caller, levels } = await open();
    const ends: Buffer[] = [];
    for (const peer of peers.slice(0, 3)) ends.push(await hoard(server, peer, QUARTER));
    expect(levels).toEqual(['shedding', 'throttling']);
    const before = server.heldBytes;
    peers.forEach((peer, at) => peer.socket.write(ends[at] ?? ''));
    await call(caller, 'small');
    await call(caller, 'x'.repeat(60 * KIB));
    expect(server.heldBytes).toBe(before);
  });

  it('reads on when the sum has fallen', async () => {
    const { server, peers, levels } = await open();
    const [first, second, third] = peers;
    const ends: Buffer[] = [];
    for (const peer of [first, second, third]) ends.push(await hoard(server, peer, QUARTER));
    second.socket.write(ends[1]);
    for (const client of [...server.clients].slice(0, 1)) client.terminate();
    expect((await second.takeFrame()).payload).toHaveLength(QUARTER);
    expect(levels).toEqual(['shedding', 'throttling', 'shedding', 'calm']);
  });

  it('refuses upgrades near it with 503 and Retry-After', async () => {
    const { server, port, peers, caller, levels } = await open();
    for (const peer of peers.slice(0, 3)) await hoard(server, peer, QUARTER);
    await hoard(server, peers[3], EIGHTH);
    expect(levels.at(-1)).toBe('refusing');
    const refused = await RawPeer.connect(port);
    refused.socket.write(upgradeRequest());
    const { status, headers } = await refused.takeResponse();
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    await call(caller, 'still served');
  });

  it('closes the greatest holder with 1013 whenever a second has not helped', async () => {
    const { server, port, peers, levels } = await open();
    await hoard(server, peers[0], EIGHTH);
    for (const peer of peers.slice(1, 4)) await hoard(server, peer, QUARTER);
    expect(levels.at(-1)).toBe('refusing');
    vi.advanceTimersByTime(PATIENCE);
    expect(levels.at(-1)).toBe('throttling');
    vi.advanceTimersByTime(PATIENCE);
    expect(levels.at(-1)).toBe('calm');
    for (const peer of peers.slice(1, 3)) {
      const { firstByte, payload } = await peer.takeFrame();
      expect([firstByte, payload.readUInt16BE(0)]).toEqual([FIN_CLOSE, 1013]);
      expect(payload.subarray(2).toString()).toBe('the server is short of memory');
    }
    await RawPeer.join(port);
    expect(server.clients.size).toBeGreaterThanOrEqual(4);
  });

  it('is never passed: at it, the greatest holder goes at once', async () => {
    const { server, peers, caller } = await open();
    for (const peer of peers.slice(0, 3)) await hoard(server, peer, QUARTER);
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(2 * QUARTER));
    peers[3].socket.write(frame);
    const { payload } = await Promise.race(peers.slice(0, 4).map((peer) => peer.takeFrame()));
    expect(payload.readUInt16BE(0)).toBe(1013);
    expect(server.heldBytes).toBeLessThan(CEILING);
    await call(caller, 'still served');
  });

  it('goes on closing holders after a listener of one has thrown', async () => {
    const { server, peers } = await open();
    const thrown = nextUncaught();
    const [greatest] = server.clients;
    greatest.once('error', () => {
      throw new Error('of the application');
    });
    await hoard(server, peers[0], 2 * QUARTER);
    await hoard(server, peers[1], QUARTER);
    peers[2].socket.write(clientFrame(FIN_TEXT, 'x'.repeat(2 * QUARTER)).subarray(0, -1));
    expect(await thrown).toMatchObject({ message: 'of the application' });
    expect((await peers[0].takeFrame()).payload.readUInt16BE(0)).toBe(1013);
    const others = [peers[1], peers[2], peers[3]];
    peers[3].socket.write(clientFrame(FIN_TEXT, 'x'.repeat(2 * QUARTER)).subarray(0, -1));
    const { payload } = await Promise.race(others.map((peer) => peer.takeFrame()));
    expect(payload.readUInt16BE(0)).toBe(1013);
  });

  it('cuts off a holder that reads nothing', async () => {
    const { server, peers, caller } = await open();
    const [far] = server.clients;
    peers[0].socket.pause();
    const closed = next(far, 'close');
    while (far.readyState === far.OPEN) {
      far.send(Buffer.alloc(64 * KIB));
      await setImmediate();
    }
    expect(server.heldBytes).toBeLessThan(CEILING);
    expect((await closed)[0]).toBe(1006);
    await call(caller, 'still served');
  });
});

it.each([-1, NaN])('memoryCeiling: %s is refused', (memoryCeiling) => {
  expect(() => new WebSocketServer({ noServer: true, memoryCeiling })).toThrow(InvalidUse);
});
