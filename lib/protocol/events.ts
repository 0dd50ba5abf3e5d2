import type { ProtocolViolation } from './protocol-violation.js';

/** What an {@link Endpoint} reports. Payloads belong to the receiver. */
export type ProtocolEvent =
  | { readonly type: 'text'; readonly data: string }
  | { readonly type: 'binary'; readonly data: Buffer }
  | { readonly type: 'ping'; readonly data: Buffer }
  | { readonly type: 'pong'; readonly data: Buffer }
  /** The peer's Close frame; the answer, if one was due, is in the output. Nothing follows. */
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  /**
   * The connection has been failed; a Close frame, if one may be sent, is in the
   * output. Nothing follows.
   */
  | { readonly type: 'violation'; readonly violation: ProtocolViolation };
