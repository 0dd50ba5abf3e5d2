/** A connection as a {@link MemoryBook} sees it. */
export interface MemoryHolder {
  /** Bytes it keeps in memory; 0 once it is over. */
  readonly heldBytes: number;
  /** Stops reading from its transport, or goes on, independently of what its owner has paused. */
  throttle(isThrottled: boolean): void;
  /** Ends it with a close code and frees at once what it holds. */
  fail(code: number, reason: string): void;
}

/** Keeps account of what connections hold. */
export interface MemoryBook {
  /** Memory is short: pushes to connections that are behind already should be dropped. */
  readonly shedsPushes: boolean;
  /** What a connection holds has changed; it was `before`. */
  report(holder: MemoryHolder, before: number): void;
}
