import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import initWabt from 'wabt';
import { Bulk, BULK_RUN_LENGTH } from '../../lib/protocol/bulk/bulk.js';
import { BULK_MODULE } from '../../lib/protocol/bulk/bulk-module.js';
import { Utf8Decoder } from '../../lib/protocol/message/utf8-decoder.js';

const bulk = Bulk.open();
if (bulk === undefined) throw new Error('this platform has no WebAssembly SIMD to test');

/** Text of every kind of character, in runs long and short. */
const text = fc.string({ unit: 'binary', maxLength: 300, size: 'max' });

describe('the module for bulk work', () => {
  it('is what bulk.wat assembles to', async () => {
    const wabt = await initWabt();
    const path = new URL('../../lib/protocol/bulk/bulk.wat', import.meta.url);
    const source = readFileSync(path, 'utf8');
    const module = wabt.parseWat('bulk.wat', source, { simd: true });
    const assembled = Buffer.from(module.toBinary({}).buffer).toString('base64');
    expect(BULK_MODULE).toBe(assembled);
  });

  it('unmasks as a plain loop does, and knows ASCII when it sees it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200, size: 'max' }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.nat(15),
        (payload, key, at) => {
          const masked = payload.map((byte, index) => byte ^ key[index & 3]);
          bulk.readBuffer.set(masked, at);
          const word = Buffer.from(key).readInt32LE(0);
          const end = at + masked.length;
          const isAscii = bulk.unmask(bulk.readBuffer, at, end, word);
          expect(bulk.readBuffer.subarray(at, end)).toEqual(Buffer.from(payload));
          expect(isAscii).toBe(payload.every((byte) => byte < 0x80));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('Utf8Decoder', () => {
  const decoder = new Utf8Decoder(bulk);

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(text, fc.nat(100), (each, repeats) => {
        const whole = each.repeat(repeats);
        expect(decoder.decode(Buffer.from(whole))).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['two bytes', 'é'],
    ['three bytes', '€'],
    ['four bytes', '😀'],
  ])('cuts no character of %s between runs', (_name, character) => {
    for (let shift = 0; shift < 5; shift++) {
      const long = 'x'.repeat(shift) + character.repeat(BULK_RUN_LENGTH);
      expect(decoder.decode(Buffer.from(long))).toBe(long);
    }
  });

  it('decodes where the bytes lie, if that is in its own memory', () => {
    const sentence = Buffer.from('größer '.repeat(1000));
    bulk.readBuffer.set(sentence, 3);
    const inPlace = bulk.readBuffer.subarray(3, 3 + sentence.length);
    expect(decoder.decode(inPlace)).toBe(sentence.toString());
  });

  it('does without the module where there is none', () => {
    const long = 'größer '.repeat(100);
    expect(new Utf8Decoder(undefined).decode(Buffer.from(long))).toBe(long);
  });
});
