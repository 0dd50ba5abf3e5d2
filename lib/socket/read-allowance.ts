import type { ProtocolEvent } from '../protocol/events.js';

/**
 * How many bytes of one connection are read and delivered before the other connections get their
 * turn. Bytes of a message count twice: when they are read, and when the message is handled.
 * Without this limit, a flooding client blocked the event loop for as long as its bytes kept
 * coming: ten such clients, with calls of 41 bytes, for 1.3 s.
 */
export const READ_ALLOWANCE = 512 * 1024;

/**
 * How far a chunk may overdraw the allowance before delivery stops in its middle. The rest of the
 * chunk must then be copied: when this happened to every fifth chunk, messages of 1 KiB cost a
 * third more.
 */
export const READ_OVERDRAFT = 1024 * 1024;

/**
 * How much of the rest is delivered in each turn after that: so little that behind many who flood
 * nobody waits long. The rest has been copied, so that to stop again costs nothing.
 */
export const REST_ALLOWANCE = 32 * 1024;

/** What an event counts besides its bytes: a small message costs as much as 512 bytes do. */
const EVENT_COST = 512;

/** How much of the allowance an event uses up. */
export function costOf(event: ProtocolEvent): number {
  return EVENT_COST + ('data' in event ? event.data.length : 0);
}
