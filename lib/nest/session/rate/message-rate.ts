import { type Rate, type RateOptions, resolveRate } from '../../../socket/rate.js';
import { TokenBucket } from '../../../socket/token-bucket.js';

/** What happens to a message beyond the rate. */
export type RateExcess = 'refuse' | 'close';

/** How many messages one connection may send. */
export interface MessageRateOptions extends RateOptions {
  /**
   * - `refuse`: it fails with `RATE_LIMITED`, whose `details.retryAfterMs` say when to go on. A client
   *   that goes on is closed with 4429: after ten bursts of refused messages, less what the rate has
   *   allowed again meanwhile.
   * - `close`: the connection is closed with 4429.
   *
   * Default `refuse`.
   */
  readonly excess?: RateExcess | undefined;
}

/** A rate of messages that is in force. */
export interface ResolvedMessageRate extends Rate {
  readonly excess: RateExcess;
}

/**
 * Fills in what is not given; a bare number is `perSecond`. Undefined: there is no limit.
 *
 * @throws InvalidUse if it is not a rate.
 */
export function resolveMessageRate(
  given: number | MessageRateOptions,
): ResolvedMessageRate | undefined {
  const rate = resolveRate('messageRate', given);
  const { excess = 'refuse' } = typeof given === 'number' ? {} : given;
  return rate && { ...rate, excess };
}

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
