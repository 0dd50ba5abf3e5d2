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
  /** More waits for the client than the handler's `stream` options have it. */
  | { readonly kind: 'overflow' };
