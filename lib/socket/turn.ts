import type { ProtocolEvent } from '../protocol/events.js';

/**
 * How many bytes of one connection are read and handed out before the others get their turn. Those
 * of a message count twice: as they are read, and as they are handled. Without it, a client that
 * floods held the event loop for as long as its bytes kept coming: ten of them, with calls of 41
 * bytes, for 1.3 s.
 */
export const ALLOWANCE = 512 * 1024;

/**
 * How far a chunk may overdraw the allowance before delivery stops in its middle. What remains of
 * the chunk must then be copied: when every fifth chunk was cut, messages of 1 KiB cost a third
 * more.
 */
export const OVERDRAFT = 1024 * 1024;

/** What an event counts besides its bytes: a small message costs as much as 512 bytes do. */
const EVENT_COST = 512;

/** How much of the allowance an event uses up. */
export function costOf(event: ProtocolEvent): number {
  return EVENT_COST + ('data' in event ? event.data.length : 0);
}
