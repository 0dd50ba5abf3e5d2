import type { Borrower, ContextPool, Slot } from './context-pool.js';
import { History } from './history.js';
import { NativeZlib, RUN_LENGTH } from './native-zlib.js';
import { MAX_FINAL_BLOCKS, OutputTooLarge, type ZlibContext } from './zlib-context.js';
import type { ZlibScratch } from './zlib-scratch.js';

/**
 * What a connection that inflates holds: its history, and a context that others may take from it. A
 * context takes 44 KiB, however little went through it; a history takes only what there is to
 * remember.
 */
export class LentInflate implements ZlibContext, Borrower<NativeZlib> {
  /** The size of its window, in bits. */
  readonly kind: number;
  readonly #pool: ContextPool<NativeZlib>;
  readonly #scratch: ZlibScratch;
  readonly #history: History;
  #slot: Slot<NativeZlib> | undefined;

  constructor(pool: ContextPool<NativeZlib>, scratch: ZlibScratch, windowBits: number) {
    this.#pool = pool;
    this.#scratch = scratch;
    this.kind = windowBits;
    this.#history = new History(windowBits);
  }

  openContext(): NativeZlib {
    return NativeZlib.openInflate(this.kind);
  }

  run(input: Uint8Array, limit: number): Buffer {
    const slot = this.#takeSlot();
    try {
      return this.#inflate(slot.context, input, limit);
    } catch (error) {
      // It failed in the middle of a stream, so no connection can go on with it.
      this.#pool.discard(slot);
      throw error;
    }
  }

  reset(): void {
    this.#history.clear();
    this.#giveBack();
  }

  close(): void {
    this.reset();
  }

  #inflate(context: NativeZlib, input: Uint8Array, limit: number): Buffer {
    const full: Buffer[] = [];
    let length = 0;
    let finalBlocks = 0;
    for (let at = 0; ;) {
      const produced = context.write(input, at, this.#scratch.output);
      const output = this.#scratch.output.subarray(0, produced);
      at = input.length - context.left;
      length += produced;
      if (length > limit) throw new OutputTooLarge();
      this.#history.push(output);
      if (produced < RUN_LENGTH && at === input.length) {
        if (finalBlocks > 0) this.#giveBack();
        return full.length === 0 ? output : Buffer.concat([...full, output]);
      }
      full.push(Buffer.from(output));
      if (produced === RUN_LENGTH) continue;
      // Room was left and input too: a final block ended the stream. RFC 7692 7.2.3.4 allows that in
      // the middle of a conversation; the window goes on, and may be referred to (7.2.2).
      if (++finalBlocks > MAX_FINAL_BLOCKS) throw new Error('too many final blocks');
      this.#scratch.prime(context, this.#history);
    }
  }

  #takeSlot(): Slot<NativeZlib> {
    if (this.#slot?.owner === this) this.#pool.touch(this.#slot);
    else {
      this.#slot = this.#pool.lend(this);
      this.#scratch.prime(this.#slot.context, this.#history);
    }
    return this.#slot;
  }

  #giveBack(): void {
    if (this.#slot?.owner === this) this.#pool.giveBack(this.#slot);
    this.#slot = undefined;
  }
}
