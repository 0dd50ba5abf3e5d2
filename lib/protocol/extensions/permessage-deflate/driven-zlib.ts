import { ContextPool } from './context-pool.js';
import { LentInflate } from './lent-inflate.js';
import { NativeZlib, RUN_LENGTH } from './native-zlib.js';
import {
  type DeflateSettings,
  OutputTooLarge,
  type ZlibContext,
  type ZlibContexts,
} from './zlib-context.js';
import { ZlibScratch } from './zlib-scratch.js';

/**
 * How many inflate contexts there may be: 44 KiB each. Handing one to another connection costs 3 us
 * at most.
 */
const INFLATE_CAPACITY = 64;

/**
 * Contexts that keep their state between calls, driven synchronously through the native handle of a
 * zlib stream. Rests on Node internals: {@link canDriveZlib} tells whether they are as expected.
 */
export class DrivenZlib implements ZlibContexts {
  readonly #scratch = new ZlibScratch();
  readonly #pool: ContextPool<NativeZlib>;

  /** `inflateCapacity` bounds the inflate contexts of all window sizes together. */
  constructor(inflateCapacity: number = INFLATE_CAPACITY) {
    this.#pool = new ContextPool(inflateCapacity);
  }

  openDeflate(settings: DeflateSettings): ZlibContext {
    return new DrivenDeflate(NativeZlib.openDeflate(settings), this.#scratch.output);
  }

  openInflate(windowBits: number): ZlibContext {
    return new LentInflate(this.#pool, this.#scratch, windowBits);
  }
}

class DrivenDeflate implements ZlibContext {
  readonly #context: NativeZlib;
  readonly #output: Buffer;

  constructor(context: NativeZlib, output: Buffer) {
    this.#context = context;
    this.#output = output;
  }

  run(input: Uint8Array, limit: number): Buffer {
    const full: Buffer[] = [];
    let length = 0;
    for (let at = 0; ;) {
      const produced = this.#context.write(input, at, this.#output);
      at = input.length - this.#context.left;
      length += produced;
      if (length > limit) throw new OutputTooLarge();
      const last = this.#output.subarray(0, produced);
      if (produced < RUN_LENGTH) return full.length === 0 ? last : Buffer.concat([...full, last]);
      full.push(Buffer.from(last));
    }
  }

  reset(): void {
    this.#context.reset();
  }

  close(): void {
    this.#context.close();
  }
}

/**
 * A round trip through both directions, with a window kept: whether Node's internals are as
 * {@link DrivenZlib} expects them.
 */
export function canDriveZlib(): boolean {
  try {
    const contexts = new DrivenZlib(1);
    const deflate = contexts.openDeflate({ windowBits: 15, level: 6, memLevel: 8 });
    const inflates = [contexts.openInflate(15), contexts.openInflate(15)];
    const text = 'the same words twice, the same words twice';
    const survives = [text, text].every((each) => {
      const packed = Buffer.from(deflate.run(Buffer.from(each), Infinity));
      // Two inflaters share one context, so that it has to change hands.
      return inflates.every((inflate) => inflate.run(packed, Infinity).toString() === each);
    });
    deflate.close();
    for (const inflate of inflates) inflate.close();
    return survives;
  } catch {
    return false;
  }
}
