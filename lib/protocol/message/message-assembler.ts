import type { FrameReader } from '../frame/frame-reader.js';
import type { SlabPool } from '../output/slab-pool.js';

/**
 * The slab may be at most this many times as large as what has arrived, whatever length the header
 * claims.
 */
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
  /** The slab came from the pool, and is given back. */
  #isLent = false;
  #length = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /**
   * Appends a copy of the piece the reader stands at. `expected` is the size the message will at
   * least have. If `willTake`, {@link take} will follow, so the bytes are collected in memory of
   * their own.
   */
  append({ chunk, start, end }: FrameReader, expected: number, willTake: boolean): void {
    const needed = this.#length + end - start;
    if (this.#slab === undefined || this.#slab.length < needed) {
      this.#grow(needed, expected, willTake);
    }
    chunk.copy(this.#slab as Buffer, this.#length, start, end);
    this.#length = needed;
  }

  /** Size of the memory that is used. */
  get reserved(): number {
    return this.#slab?.length ?? 0;
  }

  /** What has been collected; valid until {@link reset}. */
  get view(): Buffer {
    return this.#slab === undefined ? Buffer.alloc(0) : this.#slab.subarray(0, this.#length);
  }

  /**
   * What has been collected, for the caller to keep: without a copy if nothing else is in its
   * memory.
   */
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
    this.#releaseSlab();
    this.#length = 0;
  }

  #grow(needed: number, expected: number, willTake: boolean): void {
    const before = this.#slab;
    const foreseen = Math.min(Math.max(expected, needed), needed * GROWTH);
    // At least doubled: growing by a fragment at a time would copy the message once per fragment.
    const size = Math.max(foreseen, this.reserved * 2);
    // A short message gets memory of its own, too: otherwise one byte from a peer would hold a slab
    // of 64 KiB.
    const isWhole = willTake && size >= expected;
    const isLent = !isWhole && size >= this.#pool.slabSize;
    const grown = isLent
      ? this.#pool.take(size)
      : Buffer.allocUnsafeSlow(isWhole ? expected : size);
    before?.copy(grown, 0, 0, this.#length);
    this.#releaseSlab();
    this.#slab = grown;
    this.#isLent = isLent;
  }

  #releaseSlab(): void {
    if (this.#slab !== undefined && this.#isLent) this.#pool.give(this.#slab);
    this.#slab = undefined;
  }
}
