import { randomFillSync } from 'node:crypto';

const KEYS_PER_FILL = 256;

/**
 * A source of masking keys. RFC 6455 5.3: "The masking key needs to be unpredictable; thus, the
 * masking key MUST be derived from a strong source of entropy". Random bytes are fetched for many
 * keys at a time, because one call costs more than masking a small frame.
 */
export class MaskingKeys {
  readonly #keys = new Uint32Array(KEYS_PER_FILL);
  #next = KEYS_PER_FILL;

  /** A fresh key, as an unsigned 32-bit integer. */
  next(): number {
    if (this.#next === KEYS_PER_FILL) {
      randomFillSync(this.#keys);
      this.#next = 0;
    }
    return this.#keys[this.#next++];
  }
}
