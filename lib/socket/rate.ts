import { InvalidUse } from '../protocol/invalid-use.js';

/** How often something may happen. */
export interface RateOptions {
  /** Per second, on average; fractions are allowed. 0: no limit. */
  readonly perSecond: number;
  /**
   * How many may come at once after a pause; at least 1. Default: five times `perSecond`, since a
   * network or server that was held up for a moment delivers at once all that a client sent
   * meanwhile.
   */
  readonly burst?: number | undefined;
}

/** A rate that is in force. */
export type Rate = Readonly<Required<RateOptions>>;

const BURST_SECONDS = 5;

/**
 * Fills in the burst; a bare number is `perSecond`. Undefined: there is no limit.
 *
 * @throws InvalidUse that names the option, if it is not a rate.
 */
export function resolveRate(name: string, given: number | RateOptions): Rate | undefined {
  const { perSecond, burst = Math.max(1, Math.ceil(perSecond * BURST_SECONDS)) } =
    typeof given === 'number' ? { perSecond: given } : given;
  if (!Number.isFinite(perSecond) || perSecond < 0) {
    throw new InvalidUse(`${name}: ${perSecond} per second given; expected a number from 0 up`);
  }
  if (!Number.isFinite(burst) || burst < 1) {
    throw new InvalidUse(`${name}: a burst of ${burst} given; expected a number from 1 up`);
  }
  return perSecond === 0 ? undefined : { perSecond, burst };
}
