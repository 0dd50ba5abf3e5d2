import type { WsEnd } from '../ws-end.js';

/** The close codes after which the same client would only be sent away again: see CLOSE_CODES. */
const FINAL_CODES: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1009, 4401, 4403];

/** Statuses below 500 that pass by themselves: Request Timeout, Too Early, Too Many Requests. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/** Can another attempt go better than the one that ended so? */
export function isWorthRetrying({ code, httpStatus }: WsEnd): boolean {
  if (httpStatus === undefined) return !FINAL_CODES.includes(code);
  return httpStatus >= 500 || PASSING_STATUSES.includes(httpStatus);
}

/** Close codes by which a server says that it is asked for too much. */
const SLOW_DOWN_CODES: readonly number[] = [1013, 4429];

/** Was the client, or the attempt, too much for the server? Then coming back at once would be again. */
export function isToldToSlowDown({ code, httpStatus }: WsEnd): boolean {
  return httpStatus === 429 || SLOW_DOWN_CODES.includes(code);
}
