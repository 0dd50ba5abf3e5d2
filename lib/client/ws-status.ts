import type { WsEnd } from './ws-end.js';

/**
 * The status of a client. It is a new object only when the status changes.
 *
 * - `idle`: not started yet (the option `lazy`).
 * - `connecting`: attempt number `attempt` is under way, counted from the last good connection.
 * - `open`: connected.
 * - `waiting`: the last attempt or connection ended; the next attempt begins within `delayMs`.
 * - `stopped`: given up, because trying again cannot help (`end` says why). `connect()` tries
 *   again.
 * - `closed`: `close()` was called. Final.
 */
export type WsStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open' }
  | {
      readonly state: 'waiting';
      /** The attempt that is waited for. */
      readonly attempt: number;
      readonly delayMs: number;
      /** Absent: the server said goaway, and a new connection is due. */
      readonly end?: WsEnd | undefined;
    }
  | {
      readonly state: 'stopped';
      readonly end: WsEnd;
      /** How many messages of `send` were waiting and have been discarded. */
      readonly unsent: number;
    }
  | { readonly state: 'closed'; readonly end?: undefined; readonly unsent: number };
