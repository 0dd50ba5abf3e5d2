/** Sends the items of a source to the client. */
export interface OutgoingStream {
  /** Starts to take from the source. */
  start(): void;
  /** There may be credit or room again. */
  wake(): void;
  /** Disposes of the source: its items are not wanted any more. May be called more than once. */
  stop(): void;
}

/** How a source ended by itself. */
export type StreamEnding =
  | { readonly kind: 'complete' }
  | { readonly kind: 'error'; readonly error: unknown }
  /** More items wait for the client than the handler's `stream` options allow. */
  | { readonly kind: 'overflow' };
