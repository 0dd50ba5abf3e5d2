/**
 * Reads a `Retry-After` header (RFC 9110 10.2.3).
 *
 * @param now milliseconds, as of `Date.now()`
 * @returns milliseconds from now on; `undefined` where the header says nothing of the kind
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
