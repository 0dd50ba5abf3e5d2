import { describe, expect, it } from 'vitest';
import { InvalidUse, type ProtocolViolation, WebSocketServer } from 'nestjs-wsgate/server';
import {
  clientFrame,
  FIN_CLOSE,
  FIN_PING,
  FIN_PONG,
  RawPeer,
  FIN_TEXT,
  rawPair,
} from '../socket/support/raw-peer.js';
import { dial, fence, next, pair } from '../socket/support/serve.js';

/** Waits for the Close frame, skipping what comes before it. */
async function closeCodeOf(peer: RawPeer): Promise<number> {
  let frame = await peer.takeFrame();
  while (frame.firstByte !== FIN_CLOSE) frame = await peer.takeFrame();
  peer.socket.end();
  return frame.payload.readUInt16BE(0);
}

describe('maxPayload', () => {
  it('refuses by the announced length, before the bytes come', async () => {
    const { far, peer } = await rawPair({ maxPayload: 1000 });
    const errored = next(far, 'error');
    peer.socket.write(clientFrame(FIN_TEXT, 'x'.repeat(1001)).subarray(0, 8));
    expect(await closeCodeOf(peer)).toBe(1009);
    expect(((await errored)[0] as ProtocolViolation).rule).toBe('message-too-big');
  });

  it('refuses a length of 2^62 without trying to hold it', async () => {
    const { peer } = await rawPair({});
    const head = Buffer.alloc(14);
    head[0] = FIN_TEXT;
    head[1] = 0xff;
    head.writeBigUInt64BE(2n ** 62n, 2);
    peer.socket.write(head);
    expect(await closeCodeOf(peer)).toBe(1009);
  });

  it('counts all fragments', async () => {
    const { peer } = await rawPair({ maxPayload: 1000 });
    peer.socket.write(clientFrame(0x01, 'x'.repeat(600)));
    peer.socket.write(clientFrame(0x00, 'x'.repeat(401)));
    expect(await closeCodeOf(peer)).toBe(1009);
  });

  it('counts inflated bytes', async () => {
    const { near, far } = await pair({ maxPayload: 10_000, perMessageDeflate: true });
    const closed = next(near, 'close');
    const errored = next(far, 'error');
    near.send('x'.repeat(10_000));
    expect((await next(far, 'message'))[0]).toHaveLength(10_000);
    near.send('x'.repeat(10_001));
    expect(((await errored)[0] as ProtocolViolation).closeCode).toBe(1009);
    expect(await closed).toEqual([1009, '']);
  });

  it('is 1 MiB by default, at both ends, and off at 0', async () => {
    const large = 'x'.repeat(2 ** 20 + 1);
    const strict = await pair();
    strict.near.send(large);
    expect(await next(strict.near, 'close')).toEqual([1009, '']);
    const strictClient = await pair({ maxPayload: 0 });
    strictClient.far.send(large);
    expect(await next(strictClient.far, 'close')).toEqual([1009, '']);
    const open = await pair({ maxPayload: 0 });
    open.near.send(large);
    expect((await next(open.far, 'message'))[0]).toHaveLength(2 ** 20 + 1);
  });
});

describe('maxFragments', () => {
  it('refuses with 1008 past it', async () => {
    const { far, peer } = await rawPair({ maxFragments: 3 });
    const part = (): Buffer => clientFrame(0x00, 'b');
    peer.socket.write(Buffer.concat([clientFrame(0x01, 'a'), part(), clientFrame(0x80, 'c')]));
    expect((await next(far, 'message'))[0]).toBe('abc');
    peer.socket.write(Buffer.concat([clientFrame(0x01, 'a'), part(), part(), part()]));
    expect(await closeCodeOf(peer)).toBe(1008);
  });
});

describe('maxBufferedChunks', () => {
  it('refuses with 1008 a message that dribbles in', async () => {
    const { far, peer } = await rawPair({ maxBufferedChunks: 8 });
    const frame = clientFrame(FIN_TEXT, 'x'.repeat(100));
    const closed = next(far, 'close');
    // One byte each, and the next only once the server has read it: a ping elsewhere says so.
    const other = dial(`ws://127.0.0.1:${peer.socket.remotePort}`);
    await next(other, 'open');
    for (let at = 0; at < frame.length && far.readyState === far.OPEN; at++) {
      peer.socket.write(frame.subarray(at, at + 1));
      await fence(other);
    }
    expect(await closeCodeOf(peer)).toBe(1008);
    expect((await closed)[0]).toBe(1006);
  });
});

describe('maxPendingAutoPongs', () => {
  it('past it, only the newest ping is answered', async () => {
    const { peer } = await rawPair({ maxPendingAutoPongs: 2 });
    const pings = Array.from({ length: 10 }, (_, at) => clientFrame(FIN_PING, String(at)));
    peer.socket.write(Buffer.concat([...pings, clientFrame(FIN_CLOSE)]));
    const answered: string[] = [];
    let frame = await peer.takeFrame();
    while (frame.firstByte === FIN_PONG) {
      answered.push(frame.payload.toString());
      frame = await peer.takeFrame();
    }
    expect(answered.slice(0, 2)).toEqual(['0', '1']);
    expect(answered.length).toBeLessThanOrEqual(3);
    expect(frame.firstByte).toBe(FIN_CLOSE);
  });

  it('bounds what a flood with reads stopped can queue', async () => {
    const { far, peer } = await rawPair({});
    peer.socket.pause();
    const flood = Buffer.concat(
      Array.from({ length: 5000 }, () => clientFrame(FIN_PING, 'x'.repeat(125))),
    );
    let seen = 0;
    const done = new Promise<void>((resolve) => {
      far.on('ping', () => ++seen === 100_000 && resolve());
    });
    for (let at = 0; at < 20; at++) peer.socket.write(flood);
    await done;
    expect(far.bufferedAmount).toBeLessThan(4 * 2 ** 20);
  });
});

describe('controlFrameRate', () => {
  const controlFrameRate = { perSecond: 0.001, burst: 3 };

  function frames(count: number, opcode: number): Buffer {
    return Buffer.concat(Array.from({ length: count }, () => clientFrame(opcode, 'x')));
  }

  it.each([
    ['pings', FIN_PING],
    ['pongs', FIN_PONG],
  ])('refuses %s with 1008 past it', async (_name, opcode) => {
    const { far, peer } = await rawPair({ controlFrameRate });
    let seen = 0;
    far.on('ping', () => ++seen);
    far.on('pong', () => ++seen);
    peer.socket.write(frames(50, opcode));
    expect(await closeCodeOf(peer)).toBe(1008);
    expect(seen).toBe(3);
  });

  it('does not count messages, and is off by default, as in ws', async () => {
    const limited = await rawPair({ controlFrameRate });
    const told = next(limited.far, 'message');
    limited.peer.socket.write(frames(50, FIN_TEXT));
    await told;
    const open = await rawPair({});
    const heard = next(open.far, 'message');
    open.peer.socket.write(Buffer.concat([frames(5000, FIN_PONG), frames(1, FIN_TEXT)]));
    expect((await heard)[0]).toBe('x');
  });

  it.each([-1, NaN, { perSecond: 1, burst: 0 }])('is not %j', (given) => {
    expect(() => new WebSocketServer({ noServer: true, controlFrameRate: given })).toThrow(
      InvalidUse,
    );
  });
});

describe('options that are not limits', () => {
  it.each(['maxPayload', 'maxFragments', 'maxBufferedChunks', 'maxPendingAutoPongs'])(
    '%s: -1, 1.5, NaN',
    (name) => {
      for (const value of [-1, 1.5, NaN]) {
        expect(() => new WebSocketServer({ noServer: true, [name]: value })).toThrow(InvalidUse);
      }
    },
  );

  it.each(['closeTimeout', 'handshakeTimeout', 'heartbeatInterval'])(
    '%s: -1, NaN, 2^31',
    (name) => {
      for (const value of [-1, NaN, 2 ** 31]) {
        expect(() => new WebSocketServer({ noServer: true, [name]: value })).toThrow(InvalidUse);
      }
    },
  );
});
