/** Checks whether the client of a session may still be connected. */
export interface SessionRecheck {
  /** Must a message of this type wait for a check? */
  covers(type: string): boolean;
  /**
   * Checks, after the check that is running, if one is; closes the session if the client may not
   * stay. Settles in either case, and never rejects.
   */
  check(): Promise<void>;
  /** The session is over. */
  stop(): void;
}
