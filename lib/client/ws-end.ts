/** How a connection, or the attempt to get one, ended. */
export interface WsEnd {
  /** The close code; 1006 where there was no Close frame. */
  readonly code: number;
  /** What the Close frame says, or why this side ended it or gave up; may be empty. */
  readonly reason: string;
  /** Had the connection been open? If not, the attempt failed. */
  readonly wasOpen: boolean;
  /** The HTTP status the attempt was refused with. Browsers do not tell; Node does. */
  readonly httpStatus?: number | undefined;
  /**
   * Milliseconds after which the server that refused the attempt wants it tried again
   * (`Retry-After`). Browsers do not tell; Node does.
   */
  readonly retryAfterMs?: number | undefined;
  /** What failed, where it is known: an error of the network, or what `auth` threw. */
  readonly error?: unknown;
}

/** Why it ended, in a few words; the code where nothing else is known. */
export function reasonOf({ code, reason, error }: WsEnd): string {
  return [reason, (error as Error | undefined)?.message].filter(Boolean).join(': ') || `${code}`;
}
