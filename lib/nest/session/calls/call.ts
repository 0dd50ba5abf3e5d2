import type { MessageId } from '../../../protocol/wsgate/message-id.js';
import type { CallRequest, EventRequest } from '../../../protocol/wsgate/read-client-message.js';
import type { Deadline } from '../../../socket/deadline.js';
import type { CallContext, CompiledHandler } from '../../pipeline/compiled-handler.js';
import { createSafeAbortController } from './safe-abort-controller.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import type { OutgoingStream } from '../stream/outgoing-stream.js';

/**
 * One message being handled: a call, or an event (no id). It is its handler's {@link CallContext}
 * as well, so that a message costs one object.
 */
export class Call implements CallContext {
  readonly handler: CompiledHandler;
  readonly type: string;
  readonly id: MessageId | undefined;
  readonly payload: unknown;
  /** The size of its message, in bytes of binary or UTF-16 units of text. */
  readonly size: number;
  /** How many items the client is ready for. */
  credit: number;
  /** Nothing more is sent for this call: it had its outcome, or was cancelled. */
  isOver = false;
  /** See {@link CallContext}. */
  isWithdrawn = false;
  /** Counts against `maxCallsInFlight`. */
  holdsPlace = true;
  /** Its size is counted in what the connection holds. */
  isPayloadHeld = false;
  /** It has ended in every respect: its handler has settled and its stream has ended. */
  isFinished = false;
  /** The exception filters have run for it: another failure is final. */
  isFiltered = false;
  /** It has sent a stream: if an exception filter returns a value now, that is the last item. */
  hasStreamed = false;
  /** Its handler has been called; until then it waits for its turn. */
  hasStarted = false;
  /** Items of its stream that were dropped and that the client has not been told of. */
  dropped = 0;
  stream: OutgoingStream | undefined = undefined;
  deadline: Deadline | undefined = undefined;
  /** The listener on the promise of its handler. */
  awaited: { forgetCall(): void } | undefined = undefined;
  readonly #reporter: ConnectionReporter;
  #controller: AbortController | undefined = undefined;
  #abortReason: unknown = undefined;
  #isAborted = false;

  constructor(
    handler: CompiledHandler,
    request: CallRequest | EventRequest,
    size: number,
    reporter: ConnectionReporter,
  ) {
    const isCall = request.kind === 'call';
    this.handler = handler;
    this.type = handler.type;
    this.id = isCall ? request.id : undefined;
    this.payload = request.data;
    this.size = size;
    this.credit = isCall ? request.credit : 0;
    this.#reporter = reporter;
  }

  /** Its key in the table of calls. */
  get key(): MessageId | Call {
    return this.id ?? this;
  }

  /** Made on first use: most handlers never use it. */
  get signal(): AbortSignal {
    this.#controller ??= createSafeAbortController((error) => {
      this.#reporter.reportUnsent(error, 'an abort listener');
    });
    if (this.#isAborted) this.#controller.abort(this.#abortReason);
    return this.#controller.signal;
  }

  /** From now on the call may take any time. */
  stopDeadline(): void {
    this.deadline?.clear();
    this.deadline = undefined;
  }

  /** Releases its deadline and its promise. */
  stopWaiting(): void {
    this.stopDeadline();
    this.awaited?.forgetCall();
  }

  /** Fires the signal. */
  abort(reason?: DOMException): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
