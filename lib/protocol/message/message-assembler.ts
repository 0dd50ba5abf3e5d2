import type { SlabPool } from '../output/slab-pool.js';

/** A piece reserves at most this many times what has arrived, whatever length the header claims. */
const GROWTH = 4;

/**
 * Collects the pieces of one message that did not arrive whole.
 *
 * All of them go into one growing slab, so a message sent one byte at a time costs what its bytes
 * cost. The slab follows what has arrived, not what a header announces: a header alone must not be
 * able to reserve memory.
 */
export class MessageAssembler {
  readonly #pool: SlabPool;
  #slab: Buffer | undefined;
  /** The slab is the pool's, and goes back there. */
  #isLent = false;
  #length = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /**
   * Copies `chunk[start, end)` in; `expected` is the size the message is known to reach. What will be
   * taken is best collected where it can stay.
   */
  append(chunk: Buffer, start: number, end: number, expected: number, willTake: boolean): void {
    const needed = this.#length + end - start;
    if (this.#slab === undefined || this.#slab.length < needed) {
      this.#grow(needed, expected, willTake);
    }
    chunk.copy(this.#slab as Buffer, this.#length, start, end);
    this.#length = needed;
  }

  /** Bytes of memory taken for it. */
  get reserved(): number {
    return this.#slab?.length ?? 0;
  }

  /** What has been collected, to look at until {@link reset}. */
  get view(): Buffer {
    return this.#slab === undefined ? Buffer.alloc(0) : this.#slab.subarray(0, this.#length);
  }

  /** What has been collected, to keep: without a copy where its memory holds nothing else. */
  take(): Buffer {
    if (this.#slab === undefined || this.#isLent || this.#length < this.#slab.length) {
      return Buffer.from(this.view);
    }
    const taken = this.#slab;
    this.#slab = undefined;
    return taken;
  }

  /** How many bytes have been collected. */
  get length(): number {
    return this.#length;
  }

  reset(): void {
    this.#letGo();
    this.#length = 0;
  }

  #grow(needed: number, expected: number, willTake: boolean): void {
    const before = this.#slab;
    const foreseen = Math.min(Math.max(expected, needed), needed * GROWTH);
    // At least doubled, or a message in small fragments would be copied once for each of them.
    const size = Math.max(foreseen, this.reserved * 2);
    // Memory of its own for a short message, too: a slab would let one byte of a peer hold 64 KiB.
    const isWhole = willTake && size >= expected;
    const isLent = !isWhole && size >= this.#pool.slabSize;
    const grown = isLent
      ? this.#pool.take(size)
      : Buffer.allocUnsafeSlow(isWhole ? expected : size);
    before?.copy(grown, 0, 0, this.#length);
    this.#letGo();
    this.#slab = grown;
    this.#isLent = isLent;
  }

  #letGo(): void {
    if (this.#slab !== undefined && this.#isLent) this.#pool.give(this.#slab);
    this.#slab = undefined;
  }
}
