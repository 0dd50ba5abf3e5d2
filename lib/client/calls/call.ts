import type { CallMessage } from '../../protocol/wsgate/client-message.js';
import type {
  CompleteMessage,
  ErrorMessage,
  NextMessage,
  ReplyMessage,
} from '../../protocol/wsgate/server-message.js';

/** A message of the server that belongs to a call. */
export type OutcomeMessage = ReplyMessage | NextMessage | CompleteMessage | ErrorMessage;

/** One call or stream from its start to its one outcome, over as many connections as that takes. */
export interface Call {
  /** Takes its turn among the calls in flight; streams do not, they stay for long. */
  readonly isStream: boolean;
  /** May it be sent again after the connection it was sent on is lost? */
  readonly isRepeatable: boolean;
  /** What is sent to start it, or to start it again. Throws what `resume` throws. */
  message(id: number): CallMessage;
  receive(message: OutcomeMessage): void;
  /** It cannot go on. The dispatcher has forgotten it already. */
  fail(error: unknown): void;
}
