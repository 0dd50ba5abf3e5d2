import type { MessageId } from '../../protocol/wsgate/message-id.js';
import type { Deadline } from '../../socket/deadline.js';
import type { CallContext, CompiledHandler } from '../pipeline/compiled-handler.js';
import { createSafeAbortController } from './safe-abort.js';
import type { ConnectionReporter } from './session-reporter.js';
import type { OutgoingStream } from './stream/outgoing-stream.js';

/**
 * One message being handled: a call, or an event (no id). It is its handler's {@link CallContext}
 * as well, so that a message costs one object.
 */
export class Call implements CallContext {
  readonly handler: CompiledHandler;
  readonly type: string;
  readonly id: MessageId | undefined;
  readonly payload: unknown;
  /** What its message measured as it came. */
  readonly size: number;
  /** How many `next` the client is ready for. */
  credit: number;
  /** Nothing more is sent for this call: it had its outcome, or was cancelled. */
  isOver = false;
  /** Counts against `maxCallsInFlight`. */
  holdsSlot = true;
  /** Its size counts in what the connection holds. */
  isHeld = false;
  /** Nothing of it is left: its handler settled and its stream ended. */
  isFinished = false;
  /** The exception filters have spoken: what fails now fails for good. */
  isFiltered = false;
  /** It has been a stream: a value that follows is its last item. */
  hasStreamed = false;
  /** Its handler has been called; until then it waits for its turn. */
  hasStarted = false;
  /** Items of its stream that are missing and that the client has not been told of. */
  dropped = 0;
  stream: OutgoingStream | undefined = undefined;
  deadline: Deadline | undefined = undefined;
  /** What hangs on the promise of its handler. */
  awaited: { release(): void } | undefined = undefined;
  readonly #reporter: ConnectionReporter;
  #controller: AbortController | undefined = undefined;
  #abortReason: unknown = undefined;
  #isAborted = false;

  constructor(
    handler: CompiledHandler,
    id: MessageId | undefined,
    payload: unknown,
    size: number,
    credit: number,
    reporter: ConnectionReporter,
  ) {
    this.handler = handler;
    this.type = handler.type;
    this.id = id;
    this.payload = payload;
    this.size = size;
    this.credit = credit;
    this.#reporter = reporter;
  }

  /** Where the table of calls keeps it. */
  get key(): MessageId | Call {
    return this.id ?? this;
  }

  /** Made when it is first asked for: most handlers never do. */
  get signal(): AbortSignal {
    this.#controller ??= createSafeAbortController((error) => {
      this.#reporter.report(error, 'an abort listener');
    });
    if (this.#isAborted) this.#controller.abort(this.#abortReason);
    return this.#controller.signal;
  }

  /** It may take as long as it takes. */
  stopDeadline(): void {
    this.deadline?.clear();
    this.deadline = undefined;
  }

  /** Nothing waits for its handler any more: neither a timer nor what hangs on its promise. */
  release(): void {
    this.stopDeadline();
    this.awaited?.release();
  }

  /** Fires the signal. */
  abort(reason?: DOMException): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
