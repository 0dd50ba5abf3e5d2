import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Masker } from '../../lib/protocol/frame/masker.js';
import { createServerWorkspace } from '../../lib/protocol/workspace.js';

/** RFC 6455 5.3: "transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4)". */
function maskSlowly(bytes: Uint8Array, key: Uint8Array, phase: number): Uint8Array {
  return bytes.map((byte, i) => byte ^ key[(i + phase) % 4]);
}

const { masker: bulkMasker, readBuffer } = createServerWorkspace();

/** Where the bytes to mask may lie, with what masks them there. */
const PLACES: Readonly<Record<string, readonly [Masker, Uint8Array]>> = {
  'ordinary memory': [new Masker(), new Uint8Array(1200)],
  'memory of an odd length': [new Masker(), new Uint8Array(1201)],
  'the read buffer of a server': [bulkMasker, readBuffer ?? new Uint8Array(1200)],
  'ordinary memory of a server': [bulkMasker, new Uint8Array(1200)],
};

describe.each(Object.entries(PLACES))('a masker over %s', (_, [masker, memory]) => {
  const inputs = fc.record({
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 1000, size: 'max' }),
      fc.uint8Array({ max: 0x7f, maxLength: 1000, size: 'max' }),
      fc.uint8Array({ maxLength: 40, size: 'max' }),
    ),
    key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    phase: fc.nat(1000),
    base: fc.nat(8),
    start: fc.nat(8),
  });

  it('does what a plain loop does, at every alignment and phase, and touches nothing else', () => {
    fc.assert(
      fc.property(inputs, ({ payload, key, phase, base, start }) => {
        memory.fill(0xa5, 0, 1200);
        const end = start + payload.length;
        const bytes = memory.subarray(base, base + end + 8);
        bytes.set(maskSlowly(payload, key, phase), start);
        const word = Buffer.from(key).readUInt32BE(0);
        const isAscii = masker.apply(bytes, start, end, word, phase);
        const result = Buffer.from(bytes.subarray(start, end));
        expect(result.equals(payload)).toBe(true);
        expect(isAscii).toBe(payload.every((byte) => byte < 0x80));
        const around = [...memory.subarray(0, base + start), ...memory.subarray(base + end, 1200)];
        expect(around.every((byte) => byte === 0xa5)).toBe(true);
        // The key may come as a signed integer as well.
        masker.apply(bytes, start, end, word | 0, phase);
        masker.apply(bytes, start, end, word, phase);
        expect(Buffer.from(bytes.subarray(start, end)).equals(payload)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('sees the one byte that is not ASCII, wherever it is', () => {
    for (let length = 1; length < 70; length++) {
      for (let at = 0; at < length; at++) {
        const bytes = memory.subarray(3, 3 + length).fill(0x61);
        bytes[at] = 0x80;
        const isAscii = masker.apply(bytes, 0, length, 0x0102_0304, 0);
        if (isAscii) throw new Error(`missed at ${at} of ${length}`);
      }
    }
  });
});
