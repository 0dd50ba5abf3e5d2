/** What a {@link MemoryTracker} needs of a connection. */
export interface MemoryHolder {
  /** Bytes it keeps in memory; 0 once it is over. */
  readonly heldBytes: number;
  /** Stops reading from its transport, or goes on, independently of what its owner has paused. */
  throttle(isThrottled: boolean): void;
  /** Ends it with a close code and frees its memory at once. */
  fail(code: number, reason: string): void;
}

/** Sums up the memory that connections hold. */
export interface MemoryTracker {
  /** Memory is short: pushes to connections that are behind already should be dropped. */
  readonly shedsPushes: boolean;
  /** What a connection holds has changed; it was `before`. */
  report(holder: MemoryHolder, before: number): void;
}
