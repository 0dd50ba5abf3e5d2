const NOTHING: Buffer = Buffer.alloc(0);

/** A first piece reserves at most this many times its own size, whatever length the header claims. */
const GROWTH = 4;

/**
 * Collects the pieces of one message that did not arrive whole.
 *
 * All of them go into one growing buffer, so a message sent one byte at a time costs what its bytes
 * cost. The buffer follows what has arrived, not what a header announces: a header alone must not
 * be able to reserve memory.
 */
export class MessageAssembler {
  #bytes = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies `chunk[start, end)` in; `expected` is the size the message is known to reach. */
  append(chunk: Buffer, start: number, end: number, expected: number): void {
    const needed = this.#length + end - start;
    if (this.#bytes.length < needed) this.#grow(needed, expected);
    chunk.copy(this.#bytes, this.#length, start, end);
    this.#length = needed;
  }

  /** Hands over the message and forgets it. The buffer is its receiver's, and holds little else. */
  take(): Buffer {
    const bytes = this.#bytes;
    const length = this.#length;
    this.reset();
    if (bytes.length === length) return bytes;
    // A view would pin the slack of the buffer for as long as the receiver keeps the message.
    return bytes.length - length > length >> 2
      ? Buffer.from(bytes.subarray(0, length))
      : bytes.subarray(0, length);
  }

  reset(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  /** At least doubles, or a message in small fragments would be copied once for each of them. */
  #grow(needed: number, expected: number): void {
    const foreseen = Math.min(Math.max(expected, needed), needed * GROWTH);
    const grown = Buffer.allocUnsafeSlow(Math.max(foreseen, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
