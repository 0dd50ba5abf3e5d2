import type { SlabPool } from './slab-pool.js';

/**
 * The bytes an endpoint has to send, in order.
 *
 * Small frames are written side by side into a slab, so that everything sent in one tick is one
 * buffer and leaves in one write; large payloads are kept by reference between them.
 */
export class OutputBuffer {
  readonly #pool: SlabPool;
  #slab: Buffer | undefined;
  /** Full slabs with bytes that wait to be taken. */
  #spent: Buffer[] = [];
  /** Full slabs from which all bytes have been taken. */
  #lent: Buffer[] = [];
  /**
   * In the current slab: where the bytes begin that have not been taken, and where the next byte is
   * written.
   */
  #start = 0;
  #end = 0;
  #parts: Buffer[] = [];
  #partsLength = 0;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** Bytes waiting to be taken. */
  get byteLength(): number {
    return this.#partsLength + this.#end - this.#start;
  }

  /** The largest run of bytes {@link reserve} can give. */
  get capacity(): number {
    return this.#pool.largestSlab;
  }

  /** A slab with room for `size` bytes from {@link position} on. */
  reserve(size: number): Buffer {
    if (this.#slab !== undefined && this.#slab.length - this.#end < size) {
      this.#closeRegion();
      this.#spent.push(this.#slab);
      this.#slab = undefined;
    }
    if (this.#slab === undefined) {
      this.#slab = this.#pool.take(size);
      this.#start = this.#end = 0;
    }
    return this.#slab;
  }

  /** Where in the reserved slab the next byte goes. */
  get position(): number {
    return this.#end;
  }

  /** Keeps the `size` bytes written at {@link position}. */
  commit(size: number): void {
    this.#end += size;
  }

  /** Appends a buffer as it is; it must not be changed until it has been sent. */
  append(bytes: Buffer): void {
    this.#closeRegion();
    this.#parts.push(bytes);
    this.#partsLength += bytes.length;
  }

  /** All that is waiting, in order. The bytes stay valid until {@link recycle}. */
  take(): readonly Buffer[] {
    if (this.#spent.length > 0) this.#lent.push(...this.#spent.splice(0));
    if (this.#parts.length === 0) return this.#hasRegion ? [this.#takeRegion()] : [];
    this.#closeRegion();
    const parts = this.#parts;
    this.#parts = [];
    this.#partsLength = 0;
    return parts;
  }

  /** Gives the slabs back: all that was taken has reached the kernel. */
  recycle(): void {
    // Full slabs are given back even if bytes wait in the current one: under steady load there
    // always are some.
    while (this.#lent.length > 0) this.#pool.give(this.#lent.pop() as Buffer);
    if (this.#slab === undefined || this.byteLength > 0) return;
    this.#pool.give(this.#slab);
    this.#slab = undefined;
    this.#start = this.#end = 0;
  }

  /** Nothing waits to be taken, and everything taken has been recycled. */
  get isIdle(): boolean {
    return this.#slab === undefined && this.#lent.length === 0 && this.byteLength === 0;
  }

  /** There are bytes in the current slab that have not been taken. */
  get #hasRegion(): boolean {
    return this.#end > this.#start;
  }

  #closeRegion(): void {
    if (!this.#hasRegion) return;
    const region = this.#takeRegion();
    this.#parts.push(region);
    this.#partsLength += region.length;
  }

  #takeRegion(): Buffer {
    const slab = this.#slab as Buffer;
    const [start, end] = [this.#start, this.#end];
    this.#start = end;
    return start === 0 ? this.#pool.views.of(slab, end) : slab.subarray(start, end);
  }
}
