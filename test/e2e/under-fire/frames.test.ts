import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  FIN_BINARY,
  clientFrame,
  FIN_CLOSE,
  FIN_PING,
  FIN_PONG,
  RawPeer,
  serverFrame,
  FIN_TEXT,
  upgradeRequest,
} from '../../socket/support/raw-peer.js';
import { closeBody } from '../../vectors/wire.js';
import { ask, closeCodeOf, hangUp, hear, join, many, times } from './support/attacker.js';
import { underFire } from './support/under-fire.js';
import { Victim } from './support/victim.js';

const KIB = 1024;
const MIB = KIB * KIB;
const RSV1 = 0x40;
const CONTINUATION = 0x80;
const DEFLATE = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

let victim: Victim;

beforeAll(async () => {
  victim = await Victim.start({ perMessageDeflate: true, closeTimeout: 1_000 });
});

afterAll(() => victim.stop());

/** The first bytes of a frame whose length is `2^exponent - 1`. */
function announce(firstByte: number, exponent: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = firstByte;
  head[1] = 0xff;
  head.writeBigUInt64BE(2n ** BigInt(exponent) - 1n, 2);
  return head;
}

/** The same bytes over and over; the attacker reads nothing of the answers until it is done. */
async function flood(peer: RawPeer, frame: Buffer, bytes: number): Promise<void> {
  const count = Math.ceil(bytes / frame.length);
  peer.socket.end(Buffer.alloc(count * frame.length, frame));
  peer.socket.removeAllListeners('data').resume();
  await new Promise((resolve) => peer.socket.once('end', resolve).once('close', resolve));
  await hangUp(peer);
}

describe('a flood of', () => {
  const FLOOD = many(256 * KIB);
  const text = (message: unknown): Buffer => clientFrame(FIN_TEXT, JSON.stringify(message));

  it.each([
    ['pings', clientFrame(FIN_PING)],
    ['long pings', clientFrame(FIN_PING, 'x'.repeat(125))],
    ['pongs', clientFrame(FIN_PONG)],
    ['empty messages', clientFrame(FIN_TEXT)],
    ['messages of one byte', clientFrame(FIN_TEXT, '1')],
    ['empty binary messages', clientFrame(FIN_BINARY)],
    ['unknown types', text({ type: 'no' })],
    ['calls', text({ type: 'name', id: 1 })],
    ['calls that are validated', text({ type: 'note', id: 1, data: { text: 'x' } })],
    ['calls that throw', text({ type: 'throw', id: 1 })],
  ])('%s, from one', async (_name, frame) => {
    await underFire(victim, async () => flood(await join(victim), frame, FLOOD));
  });

  it('calls, from ten', async () => {
    const frame = text({ type: 'note', data: { text: 'x' } });
    await underFire(victim, () => times(10, async () => flood(await join(victim), frame, FLOOD)));
  });

  it('Close frames', async () => {
    await underFire(victim, () =>
      times(many(20), async () => flood(await join(victim), clientFrame(FIN_CLOSE), 64 * KIB)),
    );
  });
});

describe('frames that break the rules', () => {
  const BROKEN: [string, Buffer, number][] = [
    ['unmasked', serverFrame(FIN_TEXT, 'x'), 1002],
    ['RSV2', clientFrame(FIN_TEXT | 0x20, 'x'), 1002],
    ['RSV3', clientFrame(FIN_TEXT | 0x10, 'x'), 1002],
    ['a reserved opcode', clientFrame(0x83, 'x'), 1002],
    ['a reserved control opcode', clientFrame(0x8b, 'x'), 1002],
    ['a long ping', clientFrame(FIN_PING, 'x'.repeat(126)), 1002],
    ['a fragmented ping', clientFrame(0x09, 'x'), 1002],
    ['a continuation of nothing', clientFrame(CONTINUATION, 'x'), 1002],
    ['text that is not UTF-8', clientFrame(FIN_TEXT, Buffer.from([0xc0, 0x80])), 1007],
    ['a Close of one byte', clientFrame(FIN_CLOSE, Buffer.from([3])), 1002],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
      (code): [string, Buffer, number] => [
        `a Close with ${code}`,
        clientFrame(FIN_CLOSE, closeBody(code)),
        1002,
      ],
    ),
    ['a compressed message that is none', clientFrame(FIN_TEXT | RSV1, 'not deflate'), 1007],
    ['a length of 2^63 - 1', announce(FIN_TEXT, 63), 1009],
    ['a length of 2^64 - 1', announce(FIN_TEXT, 64), 1002],
    ['a length of 2^53 - 1', announce(FIN_BINARY, 53), 1009],
    ['a compressed length of 2^63 - 1', announce(FIN_TEXT | RSV1, 63), 1009],
    ['a length of 4 GiB', announce(FIN_TEXT, 32), 1009],
  ];

  it('end their own connection, with the right code', async () => {
    await underFire(victim, () =>
      times(BROKEN.length * many(3), async (at) => {
        const [name, bytes, code] = BROKEN[at % BROKEN.length] ?? ['', Buffer.alloc(0), 0];
        const peer = await join(victim, '/target/x', DEFLATE);
        peer.socket.write(bytes);
        expect([name, await closeCodeOf(peer)]).toEqual([name, code]);
      }),
    );
  });
});

describe('memory', () => {
  it('is not reserved for what was only announced', async () => {
    await underFire(victim, async () => {
      const before = await victim.vitals();
      const peers = await Promise.all(Array.from({ length: many(300) }, () => join(victim)));
      const head = Buffer.alloc(15, 0x80);
      head.set([FIN_TEXT, 0xff]);
      head.writeBigUInt64BE(BigInt(MIB), 2);
      // The pong says that what stands behind the ping has been read too: it is the same packet.
      for (const peer of peers) peer.socket.write(Buffer.concat([clientFrame(FIN_PING), head]));
      await Promise.all(peers.map((peer) => peer.takeFrame()));
      const held = await victim.vitals();
      expect(held.heapBytes - before.heapBytes).toBeLessThan(peers.length * 24 * KIB);
      expect(held.rssBytes - before.rssBytes).toBeLessThan(128 * MIB);
      await Promise.all(peers.map(hangUp));
    });
  });

  it('is not pinned by the last byte of a chunk', async () => {
    const whole = clientFrame(FIN_TEXT, `{"type":"no","data":"${'x'.repeat(60 * KIB)}"}`);
    const chunk = Buffer.concat([whole, clientFrame(FIN_TEXT, '12').subarray(0, -1)]);
    await underFire(victim, async () => {
      const before = await victim.vitals();
      const peers = await Promise.all(Array.from({ length: many(300) }, () => join(victim)));
      for (const peer of peers) peer.socket.write(chunk);
      await Promise.all(peers.map((peer) => peer.takeFrame()));
      const held = await victim.vitals();
      expect(held.heapBytes - before.heapBytes).toBeLessThan(peers.length * 24 * KIB);
      await Promise.all(peers.map(hangUp));
    });
  });

  it('is not pinned by a piece of a message that is kept', async () => {
    const data = ['x'.repeat(MIB - KIB), 'kept'];
    await underFire(victim, async () => {
      const before = await victim.vitals();
      const peer = await join(victim);
      for (let id = 0; id < many(50); id++) await ask(peer, 'keep', data, id);
      const held = await victim.vitals();
      expect(held.heapBytes - before.heapBytes).toBeLessThan(8 * MIB);
      await hangUp(peer);
    });
  });

  it('of others is never on the wire', async () => {
    await underFire(victim, async () => {
      const [secretive, nosy] = await Promise.all([join(victim), join(victim)]);
      for (let size = 1; size < MIB / 2; size *= 2) {
        await ask(secretive, 'echo', 'swordfish'.repeat(Math.ceil(size / 9)));
        const text = 'y'.repeat(size - 1);
        expect(await ask(nosy, 'echo', text)).toEqual({ op: 'reply', id: 1, data: text });
        const payload = 'z'.repeat(size % 126);
        nosy.socket.write(clientFrame(FIN_PING, payload));
        expect((await nosy.takeFrame()).payload.toString()).toBe(payload);
      }
      await Promise.all([secretive, nosy].map(hangUp));
    });
  });
});

describe('a message in crumbs', () => {
  it('fragments of one byte', async () => {
    await underFire(victim, async () => {
      const peer = await join(victim);
      peer.socket.write(clientFrame(0x01, '"'));
      const crumbs = 140_000;
      peer.socket.write(Buffer.alloc(crumbs * 7, clientFrame(0x00, 'x')));
      expect(await closeCodeOf(peer)).toBe(1008);
    });
  });

  it('empty fragments without an end', async () => {
    await underFire(victim, async () => {
      const peer = await join(victim);
      peer.socket.write(clientFrame(0x01, '"'));
      peer.socket.write(Buffer.alloc(140_000 * 6, clientFrame(0x00)));
      expect(await closeCodeOf(peer)).toBe(1008);
    });
  });

  it('a byte per packet, from many', async () => {
    const frame = clientFrame(FIN_TEXT, '{"type":"name","id":1}');
    await underFire(victim, () =>
      times(many(50), async () => {
        const peer = await join(victim);
        for (const byte of frame) {
          await new Promise((resolve) => peer.socket.write(Buffer.from([byte]), resolve));
        }
        await peer.takeFrame();
        await hangUp(peer);
      }),
    );
  });
});

describe('decompression', () => {
  /** Repeated `a`, a thousandth of its size on the wire. */
  function bomb(bytes: number): Buffer {
    const text = `{"type":"no","data":"${'a'.repeat(bytes - 24)}"}`;
    const packed = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
    return clientFrame(FIN_TEXT | RSV1, packed.subarray(0, -4));
  }
  const large = bomb(256 * MIB);

  it('a bomb', async () => {
    await underFire(
      victim,
      async () => {
        const peer = await join(victim, '/target/x', DEFLATE);
        peer.socket.write(large);
        expect(await closeCodeOf(peer)).toBe(1009);
      },
      { peakBytes: 64 * MIB },
    );
  });

  it('bombs, from many at once', async () => {
    await underFire(
      victim,
      () =>
        times(many(100), async () => {
          const peer = await join(victim, '/target/x', DEFLATE);
          peer.socket.write(large.subarray(0, MIB));
          expect(await closeCodeOf(peer)).toBe(1009);
        }),
      { peakBytes: 128 * MIB },
    );
  });

  it('several that are just small enough, on one connection', async () => {
    const small = bomb(MIB);
    const attack = async (): Promise<void> => {
      const peer = await join(victim, '/target/x', DEFLATE);
      peer.socket.write(small);
      expect(await hear(peer)).toMatchObject({ error: { code: 'UNKNOWN_TYPE' } });
      await flood(peer, small, many(100) * small.length);
    };
    await underFire(victim, attack, { peakBytes: 128 * MIB });
  });

  it('a bomb in fragments', async () => {
    await underFire(victim, async () => {
      const peer = await join(victim, '/target/x', DEFLATE);
      const packed = deflateRawSync(Buffer.alloc(64 * MIB, 'a'));
      for (let at = 0; at < packed.length; at += 500) {
        peer.socket.write(clientFrame(at === 0 ? 0x41 : 0x00, packed.subarray(at, at + 500)));
      }
      peer.socket.write(clientFrame(CONTINUATION));
      expect(await closeCodeOf(peer)).toBe(1009);
    });
  });

  it('window bits out of range are not agreed to', async () => {
    const offers = ['7', '16', '0', '-8', '15.5', '1e1', '08', '9'.repeat(1_000), 'x', ''].flatMap(
      (bits) => [
        `permessage-deflate; client_max_window_bits=${bits}`,
        `permessage-deflate; server_max_window_bits=${bits}`,
      ],
    );
    await underFire(victim, () =>
      times(offers.length, async (at) => {
        const peer = await RawPeer.connect(victim.port);
        const headers = { 'Sec-WebSocket-Extensions': offers[at] ?? '' };
        peer.socket.write(upgradeRequest({ path: '/target/x', headers }));
        const head = await peer.takeHead();
        expect(head.toLowerCase()).not.toContain('permessage-deflate');
        await hangUp(peer);
      }),
    );
  });
});
