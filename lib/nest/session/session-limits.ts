import type { PushOptions } from '../options/push-options.js';
import type { ClientRateLimits } from './rate/client-rate.js';

/** How much one connection may ask of the server. A path's resolved options satisfy it. */
export interface SessionLimits extends ClientRateLimits {
  /** Calls and events whose handlers run or wait for their turn; beyond it reading stops. */
  readonly maxCallsInFlight: number;
  /**
   * What the messages of those calls and events may measure, in bytes of binary and UTF-16 units of
   * text; beyond it reading stops. A message that is alone passes whatever its size. As much again
   * for open streams; one beyond it fails with `OVERFLOW`.
   */
  readonly maxCallBytes: number;
  /** Streams open at once; one more fails with `OVERFLOW`. */
  readonly maxStreamsInFlight: number;
  /** Messages that may wait for `onWsOpen`; beyond it reading stops. */
  readonly maxPendingMessages: number;
  /** Bytes of such messages; beyond it reading stops. */
  readonly maxPendingBytes: number;
  /**
   * Members and items of one message, at every depth; one with more is
   * `BAD_MESSAGE`. 0: any number.
   */
  readonly maxValues: number;
  /** What a slow reader does to pushes. Over the same mark reading stops. */
  readonly push: Required<PushOptions>;
  /** Bytes waiting in the connection from which streams pause. */
  readonly highWaterMark: number;
  /** Milliseconds without anything read before a stalled client is closed with 4408; 0: never. */
  readonly stallTimeout: number;
  /**
   * Milliseconds without a call or an event, and without one in flight, until the client is closed
   * with 1001; 0: never.
   */
  readonly idleTimeout: number;
  /** Milliseconds that calls in flight get to finish when the connection is drained. */
  readonly drainTimeout: number;
  /** Milliseconds the closing handshake may take. */
  readonly closeTimeout: number;
}
