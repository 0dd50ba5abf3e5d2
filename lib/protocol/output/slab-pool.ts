import { SlabViews } from './slab-views.js';

/**
 * How many free slabs of the usual size are kept for reuse. A burst may take more; the garbage
 * collector gets those.
 */
const KEPT = 8;

/** How many free slabs of each larger size are kept. */
const KEPT_LARGE = 2;

/** The size of the largest slab, in slabs of the usual size. */
const LARGEST = 64;

/**
 * Buffers lent to endpoints: for output, from its first frame until it has been written; for a
 * message, until it is complete. An idle connection holds none. Memory that was used recently is
 * used again: for messages of 1 MiB, half of the time would go into page faults of fresh buffers.
 */
export class SlabPool {
  /** Bytes in a slab of the usual size. */
  readonly slabSize: number;
  /** Bytes in the largest slab there is. */
  readonly largestSlab: number;
  /** Kept from one loan to the next. */
  readonly views = new SlabViews();
  readonly #ownMemory: ArrayBufferLike | undefined;
  readonly #free: Buffer[];
  /** Those of the larger sizes, by size: finding a list here took a tenth of a short message. */
  readonly #freeLarge = new Map<number, Buffer[]>();

  /**
   * `own` are slabs of the usual size that are used before others are allocated, and always kept.
   */
  constructor(slabSize: number, own: readonly Buffer[] = []) {
    this.slabSize = slabSize;
    this.largestSlab = slabSize * LARGEST;
    this.#ownMemory = own[0]?.buffer;
    this.#free = [...own];
  }

  /** A slab of at least `size` bytes; beyond {@link largestSlab} one of just that size, never kept. */
  take(size: number): Buffer {
    if (size <= this.slabSize) return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.slabSize);
    const length = size > this.largestSlab ? size : this.#sizeFor(size);
    return this.#freeLarge.get(length)?.pop() ?? Buffer.allocUnsafeSlow(length);
  }

  /** Takes a slab back. It must not be used any more. */
  give(slab: Buffer): void {
    if (slab.length > this.slabSize) this.#giveLarge(slab);
    else if (this.#free.length < KEPT || slab.buffer === this.#ownMemory) this.#free.push(slab);
  }

  #giveLarge(slab: Buffer): void {
    if (slab.length > this.largestSlab) return;
    const free = this.#freeLarge.get(slab.length) ?? [];
    this.#freeLarge.set(slab.length, free);
    if (free.length < KEPT_LARGE) free.push(slab);
  }

  #sizeFor(size: number): number {
    let length = this.slabSize;
    while (length < size) length *= 2;
    return length;
  }
}
