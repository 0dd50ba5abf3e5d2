import type { Rate } from '../../../socket/rate.js';
import { TokenBucket } from '../../../socket/token-bucket.js';

/** The pings and pongs of one connection against their rate. */
export class ControlRate {
  readonly #rate: Rate | undefined;
  /** Made with the first one: most connections send one in a minute. */
  #bucket: TokenBucket | undefined = undefined;

  /** @param rate undefined for none. */
  constructor(rate: Rate | undefined) {
    this.#rate = rate;
  }

  /** Counts one; false when it is one too many. */
  allows(): boolean {
    if (this.#rate === undefined) return true;
    this.#bucket ??= new TokenBucket(this.#rate);
    return this.#bucket.take();
  }
}
