import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import initWabt from 'wabt';
import { Bulk, BULK_RUN_LENGTH, BULK_TEXT_LENGTH } from '../../lib/protocol/bulk/bulk.js';
import { BULK_MODULE } from '../../lib/protocol/bulk/bulk-module.js';
import { LatestText } from '../../lib/protocol/text/latest-text.js';
import { Utf8Decoder } from '../../lib/protocol/text/utf8-decoder.js';
import { Utf8Encoder } from '../../lib/protocol/text/utf8-encoder.js';

const bulk = Bulk.open();
if (bulk === undefined) throw new Error('this platform has no WebAssembly SIMD to test');

/** Words as they come: characters of one length next to each other, or all lengths mixed. */
const WORDS = [
  'the',
  'größe',
  'привет',
  '日本語',
  '😀🎉',
  '\u07ff\u0800\uffff',
  ' ',
  '.',
  '\x7f\x80',
];
const words = fc
  .subarray(WORDS, { minLength: 1 })
  .chain((some) => fc.array(fc.constantFrom(...some), { maxLength: 300, size: 'max' }))
  .map((each) => each.join(''));

/** Text of every kind of character, in runs long and short. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300, size: 'max' }), words);

/** What a string can hold besides: halves of characters. */
const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat(0xff)), {
    maxLength: 300,
    size: 'max',
  })
  .map((units) => String.fromCharCode(...units));

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

describe.each([true, false])('Utf8Encoder, the module for Latin-1, too: %s', (isForLatin1) => {
  const encoder = new Utf8Encoder(bulk, isForLatin1, new LatestText());

  it.each([
    ['in its own memory', bulk.slabs[0]],
    ['in other memory', Buffer.alloc(BULK_RUN_LENGTH)],
  ])('writes what the platform would, and nothing behind its room, %s', (_name, slab) => {
    if (slab === undefined) throw new Error('there are no slabs');
    fc.assert(
      fc.property(fc.oneof(text, anyUnits), fc.nat(20), fc.boolean(), (each, at, isAscii) => {
        slab.fill(0xa5, 0, 4000);
        const length = encoder.write(slab, each, at, isAscii);
        expect(slab.subarray(at, at + length).equals(Buffer.from(each))).toBe(true);
        const roomEnd = at + encoder.roomFor(each);
        const around = [...slab.subarray(0, at), ...slab.subarray(roomEnd, 4000)];
        expect(around.every((byte) => byte === 0xa5)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes nothing of an earlier text for the other half of a last character', () => {
    const [slab = Buffer.alloc(0)] = bulk.slabs;
    for (let length = 48; length < 72; length++) {
      const start = 'é'.repeat(length);
      encoder.write(slab, `${start}😀`, 0, false);
      const written = encoder.write(slab, `${start}\ud83d`, 0, false);
      expect(slab.subarray(0, written)).toEqual(Buffer.from(`${start}\ufffd`));
    }
  });

  it.each([BULK_TEXT_LENGTH - 1, BULK_TEXT_LENGTH, BULK_TEXT_LENGTH + 1])(
    'writes %i characters',
    (length) => {
      const slab = Buffer.alloc(3 * (BULK_TEXT_LENGTH + 100));
      const long = 'é€'.repeat(length).slice(0, length);
      expect(slab.toString('utf8', 0, encoder.write(slab, long, 0, false))).toBe(long);
    },
  );
});

describe('Utf8Decoder', () => {
  const decoder = new Utf8Decoder(bulk);
  const decode = (bytes: Buffer): string => decoder.decode(bytes, 0, bytes.length);

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(text, fc.nat(100), (each, repeats) => {
        const whole = each.repeat(repeats);
        expect(decode(Buffer.from(whole))).toBe(whole);
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
      expect(decode(Buffer.from(long))).toBe(long);
    }
  });

  it.each(['ÿ', 'Ā', '€', '😀'])('decodes a text of Latin-1 with one %s, wherever', (odd) => {
    for (let at = 0; at < 100; at++) {
      const whole = `${'é'.repeat(at)}${odd}${'é'.repeat(100 - at)}`;
      expect(decode(Buffer.from(whole))).toBe(whole);
    }
  });

  it('decodes where the bytes lie, if that is in its own memory', () => {
    const sentence = Buffer.from('größer '.repeat(1000));
    bulk.readBuffer.set(sentence, 3);
    expect(decoder.decode(bulk.readBuffer, 3, 3 + sentence.length)).toBe(sentence.toString());
  });

  it('decodes what ends where its memory does', () => {
    const last = bulk.slabs.at(-1) ?? Buffer.alloc(0);
    const sentence = 'größer '.repeat(9);
    const start = last.length - last.write(sentence, last.length - Buffer.byteLength(sentence));
    expect(decoder.decode(last, start, last.length)).toBe(sentence);
  });

  it('does without the module where there is none', () => {
    const long = 'größer '.repeat(100);
    const bytes = Buffer.from(long);
    expect(new Utf8Decoder(undefined).decode(bytes, 0, bytes.length)).toBe(long);
  });
});
