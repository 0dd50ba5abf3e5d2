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
  #length = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Copies `chunk[start, end)` in; `expected` is the size the message is known to reach. */
  append(chunk: Buffer, start: number, end: number, expected: number): void {
    const needed = this.#length + end - start;
    const slab = this.#slabFor(needed, expected);
    chunk.copy(slab, this.#length, start, end);
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

  /** How many bytes have been collected. */
  get length(): number {
    return this.#length;
  }

  reset(): void {
    if (this.#slab !== undefined) this.#letGo(this.#slab);
    this.#slab = undefined;
    this.#length = 0;
  }

  #slabFor(needed: number, expected: number): Buffer {
    const slab = this.#slab;
    if (slab !== undefined && slab.length >= needed) return slab;
    const foreseen = Math.min(Math.max(expected, needed), needed * GROWTH);
    // At least doubled, or a message in small fragments would be copied once for each of them.
    const grown = this.#reserve(Math.max(foreseen, (slab?.length ?? 0) * 2));
    if (slab !== undefined) {
      slab.copy(grown, 0, 0, this.#length);
      this.#letGo(slab);
    }
    this.#slab = grown;
    return grown;
  }

  /** Memory of its own for a short message: a whole slab would let one byte of a peer hold 64 KiB. */
  #reserve(size: number): Buffer {
    return size < this.#pool.slabSize ? Buffer.allocUnsafeSlow(size) : this.#pool.take(size);
  }

  #letGo(slab: Buffer): void {
    if (slab.length >= this.#pool.slabSize) this.#pool.give(slab);
  }
}
