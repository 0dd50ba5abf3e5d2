/** How many free slabs of the usual size are kept. A burst may take more, which are then left to the collector. */
const KEPT = 8;

/** How many of each larger size. */
const KEPT_LARGE = 2;

/** The largest slab that is lent, in usual ones. */
const LARGEST = 64;

/**
 * Buffers lent to endpoints: for output from its first frame until it has been written, for a
 * message until it is whole. An idle connection holds none, and memory that is warm is used again:
 * for a message of 1 MiB the page faults of fresh buffers are half of all time.
 */
export class SlabPool {
  /** Bytes in a slab of the usual size. */
  readonly slabSize: number;
  /** Bytes in the largest slab there is. */
  readonly largestSlab: number;
  readonly #ownMemory: ArrayBufferLike | undefined;
  readonly #free = new Map<number, Buffer[]>();

  /** `own` are slabs of the usual size to begin with, the first to be lent and never let go. */
  constructor(slabSize: number, own: readonly Buffer[] = []) {
    this.slabSize = slabSize;
    this.largestSlab = slabSize * LARGEST;
    this.#ownMemory = own[0]?.buffer;
    this.#free.set(slabSize, [...own]);
  }

  /** A slab of at least `size` bytes; beyond {@link largestSlab} one of just that size, never kept. */
  take(size: number): Buffer {
    const length = size > this.largestSlab ? size : this.#sizeFor(size);
    return this.#free.get(length)?.pop() ?? Buffer.allocUnsafeSlow(length);
  }

  /** Takes a slab back. Nobody may look at it any more. */
  give(slab: Buffer): void {
    if (slab.length > this.largestSlab) return;
    const free = this.#free.get(slab.length) ?? [];
    this.#free.set(slab.length, free);
    const kept = slab.length === this.slabSize ? KEPT : KEPT_LARGE;
    if (free.length < kept || slab.buffer === this.#ownMemory) free.push(slab);
  }

  #sizeFor(size: number): number {
    let length = this.slabSize;
    while (length < size) length *= 2;
    return length;
  }
}
