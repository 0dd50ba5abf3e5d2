import { type Rate, type RateOptions, resolveRate } from '../../socket/rate.js';

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
