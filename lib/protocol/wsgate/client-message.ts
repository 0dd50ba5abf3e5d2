import type { MessageId } from './message-id.js';

/** An event: handled, never answered (a failure comes back as an `error` without id). */
export interface EventMessage {
  readonly type: string;
  readonly data?: unknown;
}

/** A call: answered by one `reply`, one `error`, or a stream. */
export interface CallMessage {
  readonly type: string;
  /** Unique among this connection's calls in flight. */
  readonly id: MessageId;
  readonly data?: unknown;
  /** How many `next` the client is ready for; absent: as many as there are. */
  readonly credit?: number | undefined;
}

/** The client is ready for `n` more `next` of that stream. */
export interface CreditMessage {
  readonly op: 'credit';
  readonly id: MessageId;
  readonly n: number;
}

/** The client wants nothing more of that call or stream. */
export interface CancelMessage {
  readonly op: 'cancel';
  readonly id: MessageId;
}

/** Answered with `pong`: the heartbeat of clients that cannot send ping frames. */
export interface PingMessage {
  readonly op: 'ping';
}

/** Everything a client may send in `wsgate.v1`. */
export type ClientMessage =
  EventMessage | CallMessage | CreditMessage | CancelMessage | PingMessage;
