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
