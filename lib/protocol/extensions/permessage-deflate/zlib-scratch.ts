import type { History } from './history.js';
import { type NativeZlib, RUN_LENGTH } from './native-zlib.js';

/**
 * Length of the header of a stored block (RFC 1951 3.2.4): block type, length, and the length
 * inverted.
 */
const STORED_HEADER = 5;

/** The largest window there is. */
const LARGEST_WINDOW = 32 * 1024;

/** Memory that all contexts share, since only one runs at a time. */
export class ZlibScratch {
  /** What comes out. */
  readonly output = Buffer.allocUnsafeSlow(RUN_LENGTH);
  readonly #block = Buffer.allocUnsafeSlow(STORED_HEADER + LARGEST_WINDOW);

  /**
   * Gives a context the window it would have if it had inflated `history`: by inflating it, from a
   * stored block. That takes 0.2 us for 4 KiB and 2.8 us for 32 KiB; a new context with a
   * dictionary takes 17 and 30 us.
   */
  prime(context: NativeZlib, history: History): void {
    context.reset();
    const { length } = history;
    if (length === 0) return;
    this.#block[0] = 0;
    this.#block.writeUInt16LE(length, 1);
    this.#block.writeUInt16LE(~length & 0xffff, 3);
    history.copyTo(this.#block, STORED_HEADER);
    context.write(this.#block.subarray(0, STORED_HEADER + length), 0, this.output);
  }
}
