import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constants, inflateRawSync } from 'node:zlib';
import { canDriveZlib } from '../../lib/protocol/extensions/permessage-deflate/driven-zlib.js';
import type { PerMessageDeflate } from '../../lib/protocol/extensions/permessage-deflate/permessage-deflate.js';
import type { ZlibContext } from '../../lib/protocol/extensions/permessage-deflate/zlib-context.js';
import { noise } from '../conformance/cases/samples.js';
import type { Deflate } from '../vectors/vector.js';
import { packed, stored } from '../vectors/packed.js';
import { openDeflate, turnDeflate, ZLIBS } from './endpoints.js';

const DRIVERS = Object.keys(ZLIBS);
const PAIRS = DRIVERS.flatMap((from) => DRIVERS.map((to) => [from, to] as const));

function openPair(
  from: string,
  to: string,
  deflate: Deflate,
): [PerMessageDeflate, PerMessageDeflate] {
  return [openDeflate(deflate, 1, ZLIBS[from]), openDeflate(turnDeflate(deflate), 1, ZLIBS[to])];
}

function pack(deflate: PerMessageDeflate, bytes: Uint8Array): Buffer {
  return Buffer.from(deflate.compress(bytes, true));
}

const WORDS = fc.constantFrom('the ', 'quick ', 'brown ', 'fox ', '\0', 'ÿ', 'x'.repeat(300));
const BYTES = fc.oneof(
  fc.uint8Array({ maxLength: 2000, size: 'max' }),
  fc.array(WORDS, { maxLength: 300, size: 'max' }).map((words) => Buffer.from(words.join(''))),
  fc.nat(3).map((times) => noise(65_536).subarray(0, 65_530 + times)),
);

it('zlib can be driven on this platform', () => {
  expect(canDriveZlib()).toBe(true);
});

describe.each(PAIRS)('what %s compresses, %s inflates', (from, to) => {
  it('at every window, with and without takeover', () => {
    const setup = fc.record({ ownBits: fc.integer({ min: 9, max: 15 }), ownForgets: fc.boolean() });
    fc.assert(
      fc.property(setup, fc.array(BYTES, { maxLength: 6, size: 'max' }), (deflate, messages) => {
        const [sender, receiver] = openPair(from, to, deflate);
        for (const message of messages) {
          const inflated = receiver.decompress(pack(sender, message), message.length || 1);
          expect(Buffer.from(message).equals(inflated)).toBe(true);
        }
        sender.close();
        receiver.close();
      }),
      { numRuns: 40 },
    );
  });

  it.each([9, 10, 11, 12, 13, 14, 15])(
    'with references as far as a window of %i bits goes',
    (bits) => {
      const [sender, receiver] = openPair(from, to, { ownBits: bits });
      for (let round = 0; round < 4; round++) {
        const message = noise(2 ** bits - 262 - 40, round % 2 === 0 ? 7 : 8);
        expect(receiver.decompress(pack(sender, message), Infinity).equals(message)).toBe(true);
      }
      const again = noise(200, 9);
      pack(sender, again);
      const packedAgain = pack(sender, again);
      expect(packedAgain.length).toBeLessThan(60);
    },
  );

  it('within a window no larger than agreed', () => {
    const [sender] = openPair(from, to, { ownBits: 9 });
    const block = noise(300);
    const message = Buffer.concat([block, Buffer.alloc(1000), block, Buffer.alloc(700), block]);
    const bytes = Buffer.concat([pack(sender, message), Buffer.from([0, 0, 0xff, 0xff])]);
    const options = { windowBits: 9, finishFlush: constants.Z_SYNC_FLUSH };
    expect(inflateRawSync(bytes, options).equals(message)).toBe(true);
  });
});

describe.each(DRIVERS)('inflating by %s', (driver) => {
  const open = (): PerMessageDeflate => openDeflate({}, 1, ZLIBS[driver] ?? ZLIBS['PublicZlib']);

  it.each([1, 2, 100, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 131_072, 200_000])(
    'stops at the limit of %i bytes, exactly',
    (limit) => {
      for (const make of [Buffer.alloc, noise] as ((length: number) => Buffer)[]) {
        expect(open().decompress(packed(make(limit)), limit).length).toBe(limit);
        const tooBig = (): Buffer => open().decompress(packed(make(limit + 1)), limit);
        expect(tooBig).toThrow(expect.objectContaining({ rule: 'message-too-big' }));
      }
    },
  );

  it('reads windows of 8 bits', () => {
    const deflate = openDeflate({ peerBits: 8 }, 1, ZLIBS[driver] ?? ZLIBS['PublicZlib']);
    for (let round = 0; round < 3; round++) {
      const message = noise(150, round + 1);
      const bytes = Buffer.concat([stored(message), Buffer.from([0])]);
      expect(deflate.decompress(bytes, 1000).equals(message)).toBe(true);
    }
  });

  it('does not hold on to what it inflates past the limit', () => {
    const bomb = packed(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => open().decompress(bomb, 1024 * 1024)).toThrow(/maxPayload/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('refuses or inflates anything at all, and no more than the limit', () => {
    const any = fc.uint8Array({ maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(any, fc.nat(200), (bytes, limit) => {
        const deflate = open();
        try {
          expect(deflate.decompress(bytes, limit).length).toBeLessThanOrEqual(limit);
        } catch (error) {
          expect(['message-too-big', 'compressed-data-invalid']).toContain(
            (error as { rule?: string }).rule,
          );
        }
        deflate.close();
      }),
      { numRuns: 300 },
    );
  });

  it('closes the contexts of both directions', () => {
    const zlib = ZLIBS[driver] ?? ZLIBS['PublicZlib'];
    let opened = 0;
    const count = (context: ZlibContext): ZlibContext => {
      opened += 1;
      const close = (): void => {
        opened -= 1;
        context.close();
      };
      return {
        run: (input, limit) => context.run(input, limit),
        reset: () => context.reset(),
        close,
      };
    };
    const deflate = openDeflate({}, 1, {
      openDeflate: (settings) => count(zlib.openDeflate(settings)),
      openInflate: (windowBits) => count(zlib.openInflate(windowBits)),
    });
    deflate.decompress(pack(deflate, Buffer.from('there and back')), Infinity);
    expect(opened).toBe(2);
    deflate.close();
    expect(opened).toBe(0);
  });

  it('shares what it shares without mixing it up', () => {
    const [a, b] = [open(), open()];
    const ab = [a, b].map((each, i) => ({
      each,
      text: Buffer.from(`message of ${i}, `.repeat(20)),
    }));
    for (let round = 0; round < 3; round++) {
      for (const { each, text } of ab) {
        const wire = pack(each, text);
        expect(each.decompress(wire, Infinity).toString()).toBe(text.toString());
      }
    }
  });
});
