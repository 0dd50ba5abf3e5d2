import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Validator } from '../../lib/protocol/text/utf8-validator.js';

type Range = readonly [number, number];

const TAIL: Range = [0x80, 0xbf];

/** RFC 3629 section 4, line by line: the well-formed sequences as ranges of bytes. */
const SEQUENCES: readonly (readonly Range[])[] = [
  [[0x00, 0x7f]],
  [[0xc2, 0xdf], TAIL],
  [[0xe0, 0xe0], [0xa0, 0xbf], TAIL],
  [[0xe1, 0xec], TAIL, TAIL],
  [[0xed, 0xed], [0x80, 0x9f], TAIL],
  [[0xee, 0xef], TAIL, TAIL],
  [[0xf0, 0xf0], [0x90, 0xbf], TAIL, TAIL],
  [[0xf1, 0xf3], TAIL, TAIL, TAIL],
  [[0xf4, 0xf4], [0x80, 0x8f], TAIL, TAIL],
];

interface Verdict {
  /** Index of the first byte after which no completion is valid, if there is one. */
  readonly failsAt: number | undefined;
  readonly isComplete: boolean;
}

/** Follows every sequence that is still possible, byte by byte. */
function judge(bytes: Uint8Array): Verdict {
  let possible: (readonly Range[])[] = [];
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    const candidates = depth === 0 ? SEQUENCES : possible;
    possible = candidates.filter((each) => each[depth][0] <= byte && byte <= each[depth][1]);
    if (possible.length === 0) return { failsAt: i, isComplete: false };
    depth = possible[0].length === depth + 1 ? 0 : depth + 1;
  }
  return { failsAt: undefined, isComplete: depth === 0 };
}

/** Pushes byte runs that end at `cuts`; the index of the run that was refused. */
function pushInRuns(bytes: Uint8Array, cuts: readonly number[]): Verdict {
  const validator = new Utf8Validator();
  const ends = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].toSorted(
    (a, b) => a - b,
  );
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    if (!validator.push(bytes, start, end)) return { failsAt: end - 1, isComplete: false };
    start = end;
  }
  return { failsAt: undefined, isComplete: validator.isComplete };
}

/** Valid text with some bytes replaced, removed or put in. */
const MUTATED = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 60, size: 'max' }),
    fc.array(fc.tuple(fc.nat(200), fc.nat(255), fc.constantFrom('set', 'drop', 'insert')), {
      maxLength: 2,
    }),
  )
  .map(([text, mutations]) => {
    const bytes = [...Buffer.from(text)];
    for (const [at, byte, kind] of mutations) {
      const index = bytes.length === 0 ? 0 : at % bytes.length;
      bytes.splice(index, kind === 'insert' ? 0 : 1, ...(kind === 'drop' ? [] : [byte]));
    }
    return Uint8Array.from(bytes);
  });

/** Bytes that UTF-8 gives a special meaning, close together. */
const EDGES = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
  0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];
const EDGY = fc
  .array(fc.constantFrom(...EDGES), { maxLength: 24, size: 'max' })
  .map((bytes) => Uint8Array.from(bytes));

describe('Utf8Validator', () => {
  const bytes = fc.oneof(MUTATED, EDGY, fc.uint8Array({ maxLength: 40, size: 'max' }));

  it('refuses the first byte that nothing can follow, and none before it', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const everywhere = Array.from({ length: input.length }, (_, i) => i + 1);
        expect(pushInRuns(input, everywhere)).toEqual(judge(input));
      }),
      { numRuns: 4000 },
    );
  });

  it('refuses the run that holds that byte, however the runs are cut', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(80), { maxLength: 6, size: 'max' }), (input, cuts) => {
        const { failsAt, isComplete } = judge(input);
        const seen = pushInRuns(input, cuts);
        expect(seen.isComplete).toBe(isComplete);
        if (failsAt === undefined) expect(seen.failsAt).toBeUndefined();
        else {
          const ends = [...cuts, input.length].map((cut) => Math.min(cut, input.length));
          expect(seen.failsAt).toBe(Math.min(...ends.filter((end) => end > failsAt)) - 1);
        }
      }),
      { numRuns: 4000 },
    );
  });

  it('agrees with RFC 3629 on every run of two bytes, and of three that begins with E0, ED or EF', () => {
    const check = (input: Uint8Array): void => {
      const { failsAt, isComplete } = judge(input);
      const validator = new Utf8Validator();
      const isAccepted = validator.push(input, 0, input.length);
      if (
        isAccepted !== (failsAt === undefined) ||
        (isAccepted && validator.isComplete !== isComplete)
      ) {
        throw new Error(Buffer.from(input).toString('hex'));
      }
    };
    for (let pair = 0; pair < 0x10000; pair++) {
      check(Uint8Array.of(pair >> 8, pair & 0xff));
    }
    for (const lead of [0xe0, 0xed, 0xef]) {
      for (let pair = 0; pair < 0x10000; pair += 5)
        check(Uint8Array.of(lead, pair >> 8, pair & 0xff));
    }
  });
});
