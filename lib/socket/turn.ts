import type { ProtocolEvent } from '../protocol/events.js';

/**
 * Bytes that are read and handed out until everybody else has had a turn; those of a message count
 * twice, as what was read and as what came of it. Without it one client that floods held the event
 * loop for as long as its bytes kept coming: ten of them, with calls of 41 bytes, for 1.3 s.
 */
export const ALLOWANCE = 512 * 1024;

/**
 * How far a chunk may overdraw the allowance until it is left in its middle. What remains must then
 * be copied and is read from there: where every fifth chunk was cut, messages of 1 KiB cost a third more.
 */
export const OVERDRAFT = 1024 * 1024;

/** What an event counts besides its bytes: handling a small message costs what handling 512 bytes more does. */
const EVENT_COST = 512;

/** What of the allowance an event takes. */
export function costOf(event: ProtocolEvent): number {
  return EVENT_COST + ('data' in event ? event.data.length : 0);
}
