const NOTHING = Buffer.alloc(0);

/**
 * The last bytes that went through a context, which the next ones may refer to (RFC 7692 7.2.2). A
 * ring buffer that grows up to the agreed window.
 */
export class History {
  readonly #size: number;
  #bytes = NOTHING;
  /** Where the next byte goes. */
  #at = 0;
  #length = 0;

  constructor(windowBits: number) {
    this.#size = 2 ** windowBits;
  }

  /** How many bytes are remembered. */
  get length(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    const kept = bytes.length > this.#size ? bytes.subarray(bytes.length - this.#size) : bytes;
    this.#makeRoom(kept.length);
    const untilEnd = Math.min(kept.length, this.#bytes.length - this.#at);
    this.#bytes.set(untilEnd < kept.length ? kept.subarray(0, untilEnd) : kept, this.#at);
    if (untilEnd < kept.length) this.#bytes.set(kept.subarray(untilEnd), 0);
    this.#at = (this.#at + kept.length) % (this.#bytes.length || 1);
    this.#length = Math.min(this.#length + kept.length, this.#bytes.length);
  }

  /** Writes all of it to `target` from `at` on, the oldest byte first. */
  copyTo(target: Buffer, at: number): void {
    const isRound = this.#length === this.#bytes.length;
    const older = isRound ? this.#bytes.copy(target, at, this.#at) : 0;
    this.#bytes.copy(target, at + older, 0, this.#at);
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#at = this.#length = 0;
  }

  /**
   * Grows if there is more to remember. At least doubles, or small messages would copy it again and
   * again.
   */
  #makeRoom(more: number): void {
    const capacity = this.#bytes.length;
    const needed = this.#length + more;
    if (capacity === this.#size || needed <= capacity) return;
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#size, Math.max(needed, capacity * 2)));
    this.copyTo(grown, 0);
    this.#bytes = grown;
    this.#at = this.#length % grown.length;
  }
}
