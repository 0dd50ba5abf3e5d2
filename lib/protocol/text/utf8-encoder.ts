import { BULK_OVERSHOOT, BULK_TEXT_LENGTH, type Bulk } from '../bulk/bulk.js';
import { writeUtf8 } from '../bulk/strings.js';
import type { LatestText } from './latest-text.js';

/** Below this many code units the platform's own encoder is as fast. */
const BULK_PAYS_FROM = 48;

/**
 * Takes 11 ns at any length for a string that has one byte a character, as nothing in it can match,
 * and in others ends at the first match.
 */
const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/** The most bytes of UTF-8 that one UTF-16 code unit can take. */
export const UTF8_PER_CODE_UNIT = 3;

/**
 * Writes strings as UTF-8.
 *
 * The platform is fast at ASCII, but writes all else character by character. Copying the string out
 * as UTF-16 and encoding that takes 430 ns instead of 1100 for 1 KiB of Cyrillic, 330 instead of 550
 * for Chinese, and 710 instead of 1290 for several scripts, texts of which no two are the same, on
 * Node 20. `bulkTranscoding` knows about others.
 */
export class Utf8Encoder {
  readonly #bulk: Bulk | undefined;
  readonly #isBulkForLatin1: boolean;
  readonly #latest: LatestText;

  /** `isBulkForLatin1`: whether `bulk` is to encode texts without characters beyond U+00FF, too. */
  constructor(bulk: Bulk | undefined, isBulkForLatin1: boolean, latest: LatestText) {
    this.#bulk = bulk;
    this.#isBulkForLatin1 = isBulkForLatin1;
    this.#latest = latest;
  }

  /** How many bytes must be free where a text is to be written. */
  roomFor(text: string): number {
    return text.length * UTF8_PER_CODE_UNIT + BULK_OVERSHOOT;
  }

  /** Writes text at `at`, and returns the bytes it took. `isAsciiExpected` decides how, not what. */
  write(slab: Buffer, text: string, at: number, isAsciiExpected: boolean): number {
    const copied = this.#latest.copyTo(slab, at, text);
    if (copied > 0) return copied;
    return !isAsciiExpected && this.#bulk?.holds(slab) && this.#isForBulk(text)
      ? this.#bulk.encode(text, slab, at)
      : writeUtf8(slab, text, at);
  }

  #isForBulk(text: string): boolean {
    if (text.length < BULK_PAYS_FROM || text.length > BULK_TEXT_LENGTH) return false;
    return this.#isBulkForLatin1 || BEYOND_LATIN1.test(text);
  }
}
