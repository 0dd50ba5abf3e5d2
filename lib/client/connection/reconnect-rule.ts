import type { WsEnd } from '../ws-end.js';

/**
 * The close codes after which the server would only refuse the same client again: see CLOSE_CODES.
 */
const FINAL_CODES: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1009, 4401, 4403];

/** Could another attempt succeed? */
export function isWorthRetrying({ code }: WsEnd): boolean {
  return !FINAL_CODES.includes(code);
}

/** Close codes with which a server says that it is overloaded. */
const SLOW_DOWN_CODES: readonly number[] = [1013, 4429];

/** Did the server say that it is overloaded? Then the client must not come back at once. */
export function isToldToSlowDown({ code, httpStatus }: WsEnd): boolean {
  return httpStatus === 429 || SLOW_DOWN_CODES.includes(code);
}
