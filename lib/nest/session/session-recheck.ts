/** Checks whether the client of a session may still be there. */
export interface SessionRecheck {
  /** Must a message of this type wait for a check? */
  covers(type: string): boolean;
  /**
   * Checks, once the check that runs is through; closes the session when the client may not stay.
   * Settles either way, and never rejects.
   */
  check(): Promise<void>;
  /** The session is over. */
  stop(): void;
}
