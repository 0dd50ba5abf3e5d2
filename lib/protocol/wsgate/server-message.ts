import type { MessageId } from './message-id.js';
import type { WireError } from './wire-error.js';

/** The one outcome of a call whose handler returned a value. */
export interface ReplyMessage {
  readonly op: 'reply';
  readonly id: MessageId;
  readonly data?: unknown;
}

/** One item of a stream. */
export interface NextMessage {
  readonly op: 'next';
  readonly id: MessageId;
  readonly data: unknown;
  /** How many items of the stream are missing right before this one; absent: none. */
  readonly dropped?: number | undefined;
}

/** The stream ended well. */
export interface CompleteMessage {
  readonly op: 'complete';
  readonly id: MessageId;
  /** How many items are missing at the end of the stream; absent: none. */
  readonly dropped?: number | undefined;
}

/** A call or stream failed; without id: a message that could not be tied to a call. */
export interface ErrorMessage {
  readonly op: 'error';
  readonly id?: MessageId | undefined;
  readonly error: WireError;
  /** As in {@link CompleteMessage}. */
  readonly dropped?: number | undefined;
}

/** Something the client did not ask for: a room's news, a notice. */
export interface PushMessage {
  readonly type: string;
  readonly data?: unknown;
}

/** The server will close with 1001 soon: finish what is in flight and reconnect. */
export interface GoawayMessage {
  readonly op: 'goaway';
  /** Milliseconds after which the server closes whatever is still in flight. */
  readonly afterMs?: number | undefined;
  readonly reason?: string | undefined;
}

/** The answer to `ping`. */
export interface PongMessage {
  readonly op: 'pong';
}

/** Everything a server may send in `wsgate.v1`. */
export type ServerMessage =
  | ReplyMessage
  | NextMessage
  | CompleteMessage
  | ErrorMessage
  | PushMessage
  | GoawayMessage
  | PongMessage;
