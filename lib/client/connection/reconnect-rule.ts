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
