import type { WsEnd } from '../ws-end.js';

/** What an `auth` hook is told. */
export interface WsAttempt {
  /** 1 for the first attempt since the last good connection. */
  readonly attempt: number;
  /** Aborted when the attempt is given up. */
  readonly signal: AbortSignal;
  /** How the last connection or attempt ended, if there was one. */
  readonly lastEnd: WsEnd | undefined;
}

/** What one attempt sends to the server besides cookies. */
export interface WsCredentials {
  /**
   * Added to the URL: a ticket, for instance. It ends up in access logs, so it should be valid only
   * once.
   */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers of the handshake. Only in Node: browsers do not allow any. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Runs before each attempt: refreshes a cookie, fetches a ticket. `false` gives up (nobody is
 * logged in); a throw is a failed attempt and is tried again.
 */
export type WsAuthHook = (
  attempt: WsAttempt,
) => WsCredentials | false | void | Promise<WsCredentials | false | void>;
