import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidUse, type WebSocket, WebSocketServer } from 'nestjs-wsgate/server';
import { clientFrame, FIN_CLOSE, FIN_PONG, RawPeer, FIN_TEXT } from '../socket/support/raw-peer.js';
import { fence, next, pair, serve } from '../socket/support/serve.js';

const TEXT_PART = 0x01;
const MIDDLE_PART = 0x00;

async function joined(messageTimeout: number): Promise<{ far: WebSocket; peer: RawPeer }> {
  const { server, port } = await serve({ messageTimeout, heartbeatInterval: 0 });
  const [[far], peer] = await Promise.all([next(server, 'connection'), RawPeer.join(port)]);
  return { far: far as WebSocket, peer };
}

async function closeCodeOf(peer: RawPeer): Promise<number> {
  const { firstByte, payload } = await peer.takeFrame();
  expect(firstByte).toBe(FIN_CLOSE);
  peer.socket.end();
  return payload.readUInt16BE(0);
}

describe('a message that has begun and does not end', () => {
  const whole = clientFrame(FIN_TEXT, 'x'.repeat(100));

  it.each([
    ['after the first byte of its header', whole.subarray(0, 1)],
    ['after its header', whole.subarray(0, 6)],
    ['in its payload', whole.subarray(0, 50)],
    ['between its fragments', clientFrame(TEXT_PART, 'x')],
    ['after an empty fragment', clientFrame(TEXT_PART, '')],
    ['in a control frame', clientFrame(FIN_PONG, 'abc').subarray(0, 8)],
  ])('%s, is answered with 1008', async (_where, bytes) => {
    const { far, peer } = await joined(30);
    const errored = next(far, 'error');
    const closed = next(far, 'close');
    peer.socket.write(bytes);
    expect(await closeCodeOf(peer)).toBe(1008);
    expect(String((await errored)[0])).toContain('a message has begun and does not end');
    expect((await closed)[0]).toBe(1006);
  });

  it('is answered with the code that was agreed on', async () => {
    const { server, port } = await serve({ messageTimeout: 30, messageTimeoutCode: 4000 });
    const [peer] = await Promise.all([RawPeer.join(port), next(server, 'connection')]);
    peer.socket.write(whole.subarray(0, 1));
    expect(await closeCodeOf(peer)).toBe(4000);
  });

  it('is not saved by control frames, nor by a byte now and then', async () => {
    const { far, peer } = await joined(60);
    peer.socket.write(clientFrame(TEXT_PART, 'x'));
    const dribble = setInterval(() => peer.socket.write(clientFrame(MIDDLE_PART, 'x')), 5);
    const pongs = setInterval(() => peer.socket.write(clientFrame(FIN_PONG, 'still here')), 5);
    await next(far, 'close');
    clearInterval(dribble);
    clearInterval(pongs);
    expect(await closeCodeOf(peer)).toBe(1008);
  });
});

describe('a client that is slow, and not stuck', () => {
  const TIMEOUT = 1000;

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  interface Slow {
    readonly far: WebSocket;
    /** The pieces arrive one by one, and after each the watch has looked. */
    write(pieces: readonly Buffer[]): Promise<void>;
  }

  async function joinSlowly(): Promise<Slow> {
    const { server, port } = await serve({ messageTimeout: TIMEOUT, heartbeatInterval: 0 });
    const [[far, request], peer] = await Promise.all([
      next(server, 'connection'),
      RawPeer.join(port),
    ]);
    const { socket } = request as IncomingMessage;
    return {
      far: far as WebSocket,
      async write(pieces) {
        for (const piece of pieces) {
          const expected = socket.bytesRead + piece.length;
          peer.socket.write(piece);
          while (socket.bytesRead < expected) await setImmediate();
          await letWatchLook();
        }
      },
    };
  }

  /** Twice in a timeout, in a turn of its own. */
  async function letWatchLook(): Promise<void> {
    vi.advanceTimersByTime(TIMEOUT / 2);
    await setImmediate();
  }

  it('has as long as it takes while 16 KiB come in each timeout', async () => {
    const { far, write } = await joinSlowly();
    const received = next(far, 'message');
    const length = 5 * 16 * 1024;
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(length));
    const pieces = Array.from({ length: 11 }, (_, at) =>
      frame.subarray(at * 8192, (at + 1) * 8192),
    );
    await write(pieces);
    expect((await received)[0]).toHaveLength(length);
  });

  it('has no more time when less comes', async () => {
    const { far, write } = await joinSlowly();
    const closed = next(far, 'close');
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(1024));
    await write([0, 1, 2].map((at) => frame.subarray(at, at + 1)));
    expect(far.readyState).not.toBe(far.OPEN);
    far.terminate();
    await closed;
  });

  it('may have begun the next message whenever it is looked at', async () => {
    const { far, write } = await joinSlowly();
    const received: unknown[] = [];
    far.on('message', (data) => received.push(data));
    const frame = clientFrame(FIN_TEXT, 'abc');
    const endAndBeginning = Buffer.concat([frame.subarray(1), frame.subarray(0, 1)]);
    await write([frame.subarray(0, 1), ...Array.from({ length: 9 }, () => endAndBeginning)]);
    expect(received).toHaveLength(9);
    expect(far.readyState).toBe(far.OPEN);
  });

  it('does not pay for a server that does not read', async () => {
    const { far, near } = await pair({ messageTimeout: TIMEOUT, heartbeatInterval: 0 });
    near.send('x'.repeat(100_000));
    await fence(near);
    far.pause();
    near.send('y'.repeat(100_000));
    for (let look = 0; look < 5; look++) await letWatchLook();
    const received = next(far, 'message');
    far.resume();
    expect((await received)[0]).toHaveLength(100_000);
  });
});

it('messageTimeout is off at 0, and refused where it is none', async () => {
  const { far, near } = await pair({ messageTimeout: 0 });
  await fence(near);
  expect(far.readyState).toBe(far.OPEN);
  for (const value of [-1, NaN, 2 ** 31]) {
    expect(() => new WebSocketServer({ noServer: true, messageTimeout: value })).toThrow(
      InvalidUse,
    );
  }
  for (const code of [1005, 1006, 999, 5000, NaN]) {
    expect(() => new WebSocketServer({ noServer: true, messageTimeoutCode: code })).toThrow(
      InvalidUse,
    );
  }
});
