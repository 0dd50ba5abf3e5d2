import { ERROR_CODES, type ErrorCode } from '../../../protocol/wsgate/error-codes.js';
import type { MessageId } from '../../../protocol/wsgate/message-id.js';
import {
  type CallRequest,
  type ClientRequest,
  type EventRequest,
  idOf,
} from '../../../protocol/wsgate/read-client-message.js';
import type { CompiledHandler } from '../../pipeline/compiled-handler.js';
import { Call } from './call.js';
import { CallRunner, type CallRunnerSetup } from './call-runner.js';
import { CallTable } from './call-table.js';
import { hintAtNearest } from '../hint-at-nearest.js';
import type { Gauge } from '../gauge.js';
import type { MessageSender } from '../message-sender.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';

/**
 * The calls and events of one connection, as its client sees them: starts them by type, finds them
 * again by id, and answers requests that are refused. How a handler is run, and how its call comes
 * to its outcome, is {@link CallRunner}'s.
 */
export class Calls {
  readonly #table: CallTable;
  readonly #runner: CallRunner;
  readonly #sender: MessageSender;
  readonly #reporter: ConnectionReporter;
  #handlers: ReadonlyMap<string, CompiledHandler> = new Map();

  constructor(setup: CallRunnerSetup) {
    this.#sender = setup.sender;
    this.#reporter = setup.reporter;
    this.#table = new CallTable(setup.limits, setup.owner);
    this.#runner = new CallRunner(setup, this.#table);
  }

  /** Sets the handlers, by type. */
  use(handlers: ReadonlyMap<string, CompiledHandler>): void {
    this.#handlers = handlers;
  }

  /**
   * Handles one call or event. A synchronous handler has been answered when this returns.
   *
   * @param size of its message: bytes of binary, UTF-16 units of text
   */
  start(request: CallRequest | EventRequest, size: number): void {
    const id = request.kind === 'call' ? request.id : undefined;
    // Checked first: under the id of a call in flight, any other error would be taken for its outcome.
    if (this.#isInFlight(id)) return this.#refuseDuplicate(id);
    const handler = this.#handlers.get(request.type);
    if (handler === undefined) return this.#refuseUnknown(id, request.type);
    this.#runner.start(new Call(handler, request, size, this.#reporter));
  }

  /** Handlers that run or wait for their turn, and places that are reserved. */
  get callsInFlight(): Gauge {
    return this.#table.running;
  }

  /** Streams that are open. */
  get streamsInFlight(): Gauge {
    return this.#runner.openStreams;
  }

  /** Items of streams that were sent. */
  get sentItems(): number {
    return this.#runner.sentItems;
  }

  /** May one more handler run, for a message of this size? If not, `onPlace` is called when one may. */
  hasPlaceFor(size: number): boolean {
    return this.#table.hasPlaceFor(size);
  }

  /** Counts one more call in flight, for something that has not started, until {@link release}. */
  reserve(): void {
    this.#table.running.up();
  }

  release(): void {
    this.#table.running.down();
  }

  /** There is room on the connection again: the streams go on. */
  wakeStreams(): void {
    this.#runner.wakeStreams();
  }

  /** Answers a message that exceeds the client's rate. */
  refuseForRate(request: ClientRequest, retryAfterMs: number): void {
    const id = idOf(request);
    if (this.#isInFlight(id) && request.kind === 'call') return this.#refuseDuplicate(id);
    this.#refuse(this.#unlessInFlight(id), 'RATE_LIMITED', 'Too many messages', { retryAfterMs });
  }

  /** Answers a message that is not one of the protocol. */
  refuseBad(id: MessageId | undefined, problem: string): void {
    this.#refuse(this.#unlessInFlight(id), 'BAD_MESSAGE', problem);
  }

  /** The client is ready for `n` more items of a stream. If it has ended meanwhile, nothing happens. */
  addCredit(id: MessageId, n: number): void {
    const call = this.#table.find(id);
    if (call === undefined) return;
    call.credit = Math.min(call.credit + n, Number.MAX_SAFE_INTEGER);
    call.stream?.wake();
  }

  /** The client wants nothing more of a call. If it has ended meanwhile, nothing happens. */
  cancel(id: MessageId): void {
    const call = this.#table.find(id);
    if (call === undefined) return;
    call.isWithdrawn = true;
    this.#runner.giveUp(call);
  }

  /** The server ends the connection: no method begins any more. */
  withdraw(): void {
    for (const call of this.#table.calls) call.isWithdrawn = true;
  }

  /** The connection is over: stops and aborts everything. */
  close(): void {
    this.#runner.close();
  }

  #refuse(id: MessageId | undefined, code: ErrorCode, message: string, details?: object): void {
    this.#reporter.noteBreach(`${code}: ${message}`);
    this.#sendError(id, code, message, details);
  }

  #refuseUnknown(id: MessageId | undefined, type: string): void {
    const message = 'Unknown type';
    this.#reporter.noteBreach(`UNKNOWN_TYPE: ${message}`, () =>
      hintAtNearest(type, this.#handlers.keys()),
    );
    this.#sendError(id, 'UNKNOWN_TYPE', message);
  }

  #sendError(id: MessageId | undefined, code: ErrorCode, message: string, details?: object): void {
    const error = { code, message, status: ERROR_CODES[code].status };
    this.#sender.sendError(id, details === undefined ? error : { ...error, details });
  }

  #refuseDuplicate(id: MessageId): void {
    this.#refuse(id, 'DUPLICATE_ID', 'A call with this id is in flight');
  }

  /**
   * The id to refuse a message under; none if a call in flight has it, since the client would take
   * the error for that call's outcome.
   */
  #unlessInFlight(id: MessageId | undefined): MessageId | undefined {
    return this.#isInFlight(id) ? undefined : id;
  }

  #isInFlight(id: MessageId | undefined): id is MessageId {
    return id !== undefined && this.#table.find(id) !== undefined;
  }
}
