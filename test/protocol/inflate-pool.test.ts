import fc from 'fast-check';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DrivenZlib } from '../../lib/protocol/extensions/permessage-deflate/driven-zlib.js';
import { History } from '../../lib/protocol/extensions/permessage-deflate/history.js';
import { PublicZlib } from '../../lib/protocol/extensions/permessage-deflate/public-zlib.js';
import {
  OutputTooLarge,
  type ZlibContext,
  type ZlibContexts,
} from '../../lib/protocol/extensions/permessage-deflate/zlib-context.js';
import { noise } from '../conformance/cases/samples.js';

const WORDS = fc.constantFrom('the ', 'quick ', 'brown ', 'fox ', '\0', 'ÿ', 'x'.repeat(300));
const MESSAGE = fc
  .oneof(
    { weight: 4, arbitrary: fc.array(WORDS, { minLength: 1, maxLength: 200, size: 'max' }) },
    { weight: 1, arbitrary: fc.nat(9).map((seed) => [noise(40_000, seed + 1)]) },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))));

/** A peer that compresses by zlib's own streams, and what inflates for it. */
function openSession(inflating: ZlibContexts, windowBits: number) {
  const deflate = new DrivenZlib().openDeflate({ windowBits, level: 6, memLevel: 8 });
  const inflate = inflating.openInflate(windowBits);
  return (message: Buffer): boolean => {
    const packed = Buffer.from(deflate.run(message, Infinity));
    return inflate.run(packed, message.length).equals(message);
  };
}

/** What `window` allows a sender to say of `message`, as a stream of its own that ends for good. */
function packFinal(message: Buffer, window: Buffer): Buffer {
  return deflateRawSync(message, { dictionary: window });
}

describe.each([
  ['one context', () => new DrivenZlib(1)],
  ['two contexts', () => new DrivenZlib(2)],
  ['contexts enough', () => new DrivenZlib(64)],
  ['no contexts', () => new PublicZlib()],
])('inflating with %s for everybody', (_name, create) => {
  it('gives every session its own messages, in any order', () => {
    const steps = fc.array(fc.record({ session: fc.nat(4), message: MESSAGE }), {
      maxLength: 30,
      size: 'max',
    });
    fc.assert(
      fc.property(fc.integer({ min: 9, max: 15 }), steps, (bits, taken) => {
        const zlib = create();
        const sessions = Array.from({ length: 5 }, () => openSession(zlib, bits));
        for (const { session, message } of taken) expect(sessions[session](message)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('goes on after a final block with the window of earlier messages', () => {
    const zlib = create();
    const [inflate, thief] = [zlib.openInflate(15), zlib.openInflate(15)];
    const first = noise(3000, 5);
    const run = (context: ZlibContext, input: Buffer): Buffer =>
      Buffer.from(context.run(input, Infinity));
    const flushed = deflateRawSync(first, { finishFlush: constants.Z_SYNC_FLUSH });
    expect(run(inflate, flushed).equals(first)).toBe(true);
    const final = packFinal(first, first);
    expect(final.length).toBeLessThan(100);
    const empty = Buffer.from([0, 0, 0, 0xff, 0xff]);
    for (let round = 0; round < 3; round++) {
      expect(run(inflate, Buffer.concat([final, final, empty])).length).toBe(2 * first.length);
      expect(run(thief, flushed).equals(first)).toBe(true);
    }
  });

  it('lets one session fail alone', () => {
    const zlib = create();
    const [good, bad] = [openSession(zlib, 15), zlib.openInflate(15)];
    const message = Buffer.from('to be referred to, '.repeat(20));
    expect(good(message)).toBe(true);
    expect(() => bad.run(Buffer.from([0xff, 0xff, 0xff]), 100)).toThrow(/invalid/);
    const bomb = deflateRawSync(Buffer.alloc(1_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(() => zlib.openInflate(15).run(bomb, 1000)).toThrow(OutputTooLarge);
    expect(good(message)).toBe(true);
  });
});

describe('a history', () => {
  it('is the last bytes that were pushed, as many as the window holds', () => {
    const pushes = fc.array(fc.uint8Array({ maxLength: 700, size: 'max' }), { maxLength: 20 });
    fc.assert(
      fc.property(pushes, (all) => {
        const history = new History(9);
        let expected = Buffer.alloc(0);
        for (const bytes of all) {
          history.push(bytes);
          expected = Buffer.concat([expected, bytes]).subarray(-512);
          const remembered = Buffer.alloc(history.length);
          history.copyTo(remembered, 0);
          expect(remembered.equals(expected)).toBe(true);
        }
      }),
    );
  });
});
