import { describe, expect, it } from 'vitest';
import { chooseZlib } from '../../lib/protocol/extensions/permessage-deflate/choose-zlib.js';
import { PooledZlib } from '../../lib/protocol/extensions/permessage-deflate/pooled-zlib.js';
import type {
  ZlibContext,
  ZlibContexts,
} from '../../lib/protocol/extensions/permessage-deflate/zlib-context.js';

const SETTINGS = { windowBits: 15, level: 6, memLevel: 8 };
const TEXT = Buffer.from('the same sentence for everybody, said again and again');

/** Counts the deflate contexts that are open. */
class CountedZlib implements ZlibContexts {
  open = 0;
  readonly #contexts = chooseZlib();

  openDeflate(settings: typeof SETTINGS): ZlibContext {
    const context = this.#contexts.openDeflate(settings);
    this.open++;
    return {
      run: (input, limit) => context.run(input, limit),
      reset: () => context.reset(),
      close: () => {
        this.open--;
        context.close();
      },
    };
  }

  openInflate(windowBits: number): ZlibContext {
    return this.#contexts.openInflate(windowBits);
  }
}

describe.each([
  ['driven', true],
  ['public', false],
])('a pool of deflate contexts, %s', (_name, usesInternals) => {
  it('is read by every peer, however often contexts change hands', () => {
    const zlib = new PooledZlib(chooseZlib(usesInternals));
    const pairs = Array.from({ length: 300 }, () => ({
      deflate: zlib.openDeflate(SETTINGS),
      inflate: zlib.openInflate(15),
    }));
    for (let round = 0; round < 3; round++) {
      for (const [at, { deflate, inflate }] of pairs.entries()) {
        const text = `${TEXT.toString()} ${at} ${round}`;
        const packed = Buffer.from(deflate.run(Buffer.from(text), Infinity));
        expect(inflate.run(packed, Infinity).toString()).toBe(text);
      }
    }
  });

  it('keeps the window of a connection that has its context still', () => {
    const deflate = new PooledZlib(chooseZlib(usesInternals)).openDeflate(SETTINGS);
    const first = deflate.run(TEXT, Infinity).length;
    expect(deflate.run(TEXT, Infinity).length).toBeLessThan(first / 2);
    deflate.reset();
    expect(deflate.run(TEXT, Infinity).length).toBe(first);
  });
});

describe('the number of deflate contexts', () => {
  it('is bounded, however many connections compress, and falls when they close', () => {
    const counted = new CountedZlib();
    const zlib = new PooledZlib(counted);
    const contexts = Array.from({ length: 1000 }, () => zlib.openDeflate(SETTINGS));
    for (const context of contexts) context.run(TEXT, Infinity);
    expect(counted.open).toBe(128);
    for (const context of contexts) context.close();
    expect(counted.open).toBe(4);
  });

  it('is bounded for all window sizes together, which peers choose', () => {
    const counted = new CountedZlib();
    const zlib = new PooledZlib(counted);
    const sizes = [9, 10, 11, 12, 13, 14, 15];
    for (let at = 0; at < 1000; at++) {
      const windowBits = sizes[at % sizes.length] ?? 15;
      zlib.openDeflate({ ...SETTINGS, windowBits }).run(TEXT, Infinity);
    }
    expect(counted.open).toBe(128);
  });

  it('lends nobody a context of another window size', () => {
    const zlib = new PooledZlib(chooseZlib());
    const far = Buffer.concat([TEXT, Buffer.alloc(2000, '0123456789abcdef'), TEXT]);
    const large = zlib.openDeflate(SETTINGS);
    large.run(far, Infinity);
    large.close();
    const packed = Buffer.from(zlib.openDeflate({ ...SETTINGS, windowBits: 9 }).run(far, Infinity));
    expect(zlib.openInflate(9).run(packed, Infinity).equals(far)).toBe(true);
  });
});
