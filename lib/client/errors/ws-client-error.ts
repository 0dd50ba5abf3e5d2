import { reasonOf, type WsEnd } from '../ws-end.js';

/**
 * What went wrong on this side:
 *
 * - `CONNECTION_LOST`: sent, and then the connection was lost; whether it had effects is unknown.
 * - `TIMEOUT`: no answer in time.
 * - `OUTBOX_FULL`: too much waits to be sent already.
 * - `CLOSED`: the client is closed, or has given up; `end` says why it gave up.
 * - `NOT_A_REPLY`: `request` was answered with a stream.
 * - `TOO_MANY_ITEMS`: the server sent more of a stream than it had credit for.
 * - `SLOW_CONSUMER`: an iterator over pushes was not read for too long.
 */
export type WsClientErrorCode =
  | 'CONNECTION_LOST'
  | 'TIMEOUT'
  | 'OUTBOX_FULL'
  | 'CLOSED'
  | 'NOT_A_REPLY'
  | 'TOO_MANY_ITEMS'
  | 'SLOW_CONSUMER';

/** A call, stream or message failed without the server having said so. */
export class WsClientError extends Error {
  override readonly name = 'WsClientError';
  /** What went wrong, for programs. */
  readonly code: WsClientErrorCode;
  /** How the connection ended, where that is the reason; its `error` is the `cause` too. */
  readonly end: WsEnd | undefined;

  constructor(code: WsClientErrorCode, message: string, end?: WsEnd) {
    super(
      end ? `${message}: ${reasonOf(end)}` : message,
      end?.error ? { cause: end.error } : undefined,
    );
    this.code = code;
    this.end = end;
  }
}
