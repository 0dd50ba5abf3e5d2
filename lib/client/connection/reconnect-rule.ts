import type { WsEnd } from '../ws-end.js';

/**
 * The close codes after which the server would only refuse the same client again: see CLOSE_CODES.
 */
const FINAL_CODES: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1009, 4401, 4403];

/** Statuses below 500 that pass by themselves: Request Timeout, Too Early, Too Many Requests. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/** Could another attempt succeed? */
export function isWorthRetrying({ code, httpStatus }: WsEnd): boolean {
  if (httpStatus === undefined) return !FINAL_CODES.includes(code);
  return httpStatus >= 500 || PASSING_STATUSES.includes(httpStatus);
}

/** Close codes with which a server says that it is overloaded. */
const SLOW_DOWN_CODES: readonly number[] = [1013, 4429];

/** Did the server say that it is overloaded? Then the client must not come back at once. */
export function isToldToSlowDown({ code, httpStatus }: WsEnd): boolean {
  return httpStatus === 429 || SLOW_DOWN_CODES.includes(code);
}
