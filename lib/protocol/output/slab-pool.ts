/** How many free slabs are kept; a burst may take more, which are then left to the collector. */
const KEPT = 8;

/**
 * Buffers that frames are written into, lent to an endpoint from its first frame until its output
 * has been written, so that an idle connection holds none.
 */
export class SlabPool {
  /** Bytes in a slab. */
  readonly slabSize: number;
  readonly #free: Buffer[] = [];

  constructor(slabSize: number) {
    this.slabSize = slabSize;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.slabSize);
  }

  give(slab: Buffer): void {
    if (this.#free.length < KEPT) this.#free.push(slab);
  }
}
