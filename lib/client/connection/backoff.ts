/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Milliseconds the first delay stays below. Default 500. */
  readonly minMs?: number | undefined;
  /** Milliseconds no delay exceeds. Default 30 000. */
  readonly maxMs?: number | undefined;
}

/**
 * The delay after so many failures in a row: anything from 0 up to a bound that doubles each time
 * ("full jitter"). Clients that lost the same server come back spread out, not as one wave.
 *
 * @param random a number from 0 up to 1
 */
export function backoffDelay(
  failures: number,
  { minMs, maxMs }: Readonly<Record<'minMs' | 'maxMs', number>>,
  random: number,
): number {
  return Math.round(random * Math.min(maxMs, minMs * 2 ** failures));
}
