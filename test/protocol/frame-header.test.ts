import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frameHeaderLength,
  lengthFieldSize,
  MAX_HEADER_LENGTH,
  readFrameHeader,
  writeFrameHeader,
} from '../../lib/protocol/frame/frame-header.js';
import { frame } from '../vectors/wire.js';

const NOTHING = Buffer.alloc(0);

const LENGTH = fc.oneof(
  fc.constantFrom(0, 125, 126, 65535, 65536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
  fc.nat(200),
  fc.nat(70_000),
  fc.maxSafeNat(),
);
const HEADER = fc.record({
  firstByte: fc.nat(255),
  length: LENGTH,
  key: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
  at: fc.nat(9),
});

describe('a frame header', () => {
  it('is written as the slow builder writes it, and read back', () => {
    fc.assert(
      fc.property(HEADER, ({ firstByte, length, key, at }) => {
        const odd = key && { key: Buffer.from(key) };
        const expected = frame(firstByte, NOTHING, { declared: BigInt(length), ...odd });
        const word = key && Buffer.from(key).readUInt32BE(0);
        const bytes = Buffer.alloc(at + MAX_HEADER_LENGTH + 1, 0xee);
        const written = writeFrameHeader(bytes, at, firstByte, length, word);
        expect(bytes.subarray(at, at + written)).toEqual(expected);
        expect(
          [...bytes.subarray(0, at), ...bytes.subarray(at + written)].every((b) => b === 0xee),
        ).toBe(true);
        expect(frameHeaderLength(length, key !== undefined)).toBe(written);
        const read = readFrameHeader(bytes, at, at + written);
        expect(read).toMatchObject({
          fin: firstByte >= 0x80,
          rsv1: (firstByte >> 6) % 2 === 1,
          rsv23: (firstByte >> 4) % 4 > 0,
          opcode: firstByte % 16,
          masked: key !== undefined,
          payloadLength: length,
          isMinimal: true,
          headerLength: written,
        });
        expect((read?.maskingKey ?? 0) >>> 0).toBe(word ?? 0);
        for (let end = at; end < at + written; end++) {
          expect(readFrameHeader(bytes, at, end)).toBeUndefined();
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [0, 2, false],
    [125, 2, false],
    [126, 2, true],
    [65535, 2, true],
    [0, 8, false],
    [126, 8, false],
    [65535, 8, false],
    [65536, 8, true],
  ] as const)('of length %i in %i bytes is minimal: %s', (length, lengthBytes, isMinimal) => {
    const bytes = frame(0x82, NOTHING, { declared: BigInt(length), lengthBytes });
    expect(readFrameHeader(bytes, 0, bytes.length)).toMatchObject({
      payloadLength: length,
      isMinimal,
    });
    expect(lengthFieldSize(length) === lengthBytes).toBe(isMinimal);
  });

  it.each([2n ** 63n, 2n ** 64n - 1n])('with the top bit set has no length: %s', (declared) => {
    const bytes = frame(0x82, NOTHING, { declared });
    expect(readFrameHeader(bytes, 0, bytes.length)?.payloadLength).toBe(Infinity);
  });
});
