import { TokenBucket } from '../../../socket/token-bucket.js';
import type { ResolvedMessageRate } from '../../options/message-rate-options.js';

/** What becomes of a message: it is handled, refused, or the last of its connection. */
export type RateVerdict = 'handle' | 'refuse' | 'close';

/** A client is closed when more than this many bursts have been refused. */
const BURSTS_REFUSED = 10;

/**
 * Checks the messages of one connection against its rate. Refusing a message costs something as
 * well, so refusals have a rate of their own.
 */
export class MessageRate {
  readonly #allowed: TokenBucket;
  readonly #refused: TokenBucket | undefined;

  constructor({ excess, ...rate }: ResolvedMessageRate) {
    this.#allowed = new TokenBucket(rate);
    if (excess === 'close') return;
    this.#refused = new TokenBucket({ ...rate, burst: rate.burst * BURSTS_REFUSED });
  }

  /** Counts one message. */
  count(): RateVerdict {
    if (this.#allowed.take()) return 'handle';
    return this.#refused?.take() === true ? 'refuse' : 'close';
  }

  /** Milliseconds until a message will be handled again. */
  get retryAfterMs(): number {
    return this.#allowed.retryAfterMs;
  }
}
