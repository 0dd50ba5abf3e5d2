import { ERROR_CODES, type ErrorCode } from '../../../protocol/wsgate/error-codes.js';
import type { ServerMessage } from '../../../protocol/wsgate/server-message.js';
import type { Call } from './call.js';
import type { CallTable } from './call-table.js';
import type { MessageSender } from '../message-sender.js';
import type { SerialLanes } from './serial-lanes.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';

/**
 * The ways a call ends. Each may also be called for a call that is over already: then nothing is
 * sent, and the call only gives back its id, its place and its turn.
 */
export class CallEndings {
  readonly #sender: MessageSender;
  readonly #table: CallTable;
  readonly #lanes: SerialLanes;
  readonly #reporter: ConnectionReporter;

  constructor(
    sender: MessageSender,
    table: CallTable,
    lanes: SerialLanes,
    reporter: ConnectionReporter,
  ) {
    this.#sender = sender;
    this.#table = table;
    this.#lanes = lanes;
    this.#reporter = reporter;
  }

  /** The handler returned a value. That of an event is not sent. */
  reply(call: Call, data: unknown): void {
    const { id } = call;
    if (id === undefined) this.finish(call);
    else this.#endWith(call, { op: 'reply', id, data });
  }

  /** The stream completed. */
  complete(call: Call): void {
    const { id, dropped } = call;
    if (id === undefined) this.finish(call);
    else if (dropped === 0) this.#endWith(call, { op: 'complete', id });
    else this.#endWith(call, { op: 'complete', id, dropped });
  }

  /** The handler or its stream failed, and the exception filters have run. */
  exception(call: Call, exception: unknown): void {
    this.#sendException(call, exception, call.handler.label);
  }

  /** An exception filter failed. The commonest reason: it was written for HTTP alone. */
  failedFilter(call: Call, exception: unknown): void {
    const forHttp = 'one for HTTP has to look at host.getType() first';
    const forSockets = 'one for a @WebSocketGateway to return its answer';
    const filter = `an exception filter of ${call.handler.label}`;
    this.#sendException(call, exception, `${filter} (${forHttp}, ${forSockets})`);
  }

  /** The codec cannot encode what the handler returned. */
  unencodable(call: Call, exception: unknown): void {
    this.#sendException(call, exception, `encoding what ${call.handler.label} gave`);
  }

  /** The session ends the call, with an error of its own. */
  problem(call: Call, code: ErrorCode, message: string): void {
    this.tell(call, code, message);
    this.finish(call);
  }

  /** The client is told that the call failed; its handler runs on, and the call keeps what it holds. */
  tell(call: Call, code: ErrorCode, message: string): void {
    if (call.isOver) return;
    call.isOver = true;
    this.#reporter.noteBreach(`${code}: ${message} (${call.handler.label})`);
    const { status } = ERROR_CODES[code];
    this.#sender.sendError(call.id, { code, message, status }, call.dropped);
  }

  /** The call gives back its id, its place and its turn, once. */
  finish(call: Call): void {
    if (call.isFinished) return;
    call.isFinished = true;
    call.isOver = true;
    call.stopWaiting();
    this.#table.remove(call);
    this.#table.dropPayload(call);
    if (call.hasStarted && call.handler.order === 'serial') this.#lanes.leave(call.handler);
    this.#table.freePlace(call);
  }

  #endWith(call: Call, message: ServerMessage): void {
    if (call.isOver) return this.finish(call);
    try {
      this.#sender.send(message);
    } catch (exception) {
      return this.unencodable(call, exception);
    }
    this.finish(call);
  }

  #sendException(call: Call, exception: unknown, where: string): void {
    if (!call.isOver) {
      call.isOver = true;
      this.#sender.sendException(call.id, exception, where, call.dropped);
    }
    this.finish(call);
  }
}
