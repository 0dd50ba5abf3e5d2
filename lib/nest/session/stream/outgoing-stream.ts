import type { Call } from '../call.js';

/** A source on its way to the client. */
export interface OutgoingStream {
  /** Starts to take from the source. */
  start(): void;
  /** There may be credit or room again. */
  wake(): void;
  /** Lets go of the source: nothing of it is wanted any more. May be called more than once. */
  stop(): void;
}

/** How a source ended by itself. */
export type StreamEnding =
  | { readonly kind: 'complete' }
  | { readonly kind: 'error'; readonly error: unknown }
  /** More than the handler's `stream.buffer` waits for the client. */
  | { readonly kind: 'overflow' };

/** What a stream needs of the session it belongs to. */
export interface StreamHost {
  /** Has the client credit, and the connection room? If not, the stream is woken when it has. */
  canSend(call: Call): boolean;
  /**
   * Sends one item. It may end the call (an item that cannot be encoded, a connection that breaks):
   * look at `call.isOver` afterwards.
   *
   * @param dropped how many items are missing before this one
   */
  sendNext(call: Call, item: unknown, dropped: number): void;
  /** The source ended, and everything it gave has been sent. Once per stream, never after `stop`. */
  streamEnded(call: Call, ending: StreamEnding, dropped: number): void;
  /** The source threw while it was let go of. */
  teardownFailed(call: Call, error: unknown): void;
}
