import type { ObservableInput } from 'rxjs';
import { ERROR_CODES, type ErrorCode } from '../../protocol/wsgate/error-codes.js';
import type { MessageId } from '../../protocol/wsgate/message-id.js';
import {
  type CallRequest,
  type ClientRequest,
  type EventRequest,
  idOf,
} from '../../protocol/wsgate/read-client-message.js';
import { Deadline } from '../../socket/deadline.js';
import { isThenable } from '../is-thenable.js';
import type { CompiledHandler, FilterOutcome } from '../pipeline/compiled-handler.js';
import type { WsConnection } from '../ws-connection.js';
import { AwaitedResult, type ResultReceiver } from './awaited-result.js';
import { Call } from './call.js';
import { CallEndings } from './call-endings.js';
import { CallStreams, type CallStreamsOwner } from './call-streams.js';
import { CallTable, type CallTableOwner } from './call-table.js';
import { discardResult } from './discard-result.js';
import type { Gauge } from './gauge.js';
import type { Outlet } from './outlet.js';
import { kindOfResult, type ResultKind } from './result-kind.js';
import { SerialLanes } from './serial-lanes.js';
import type { SessionLimits } from './session-limits.js';
import type { ConnectionReporter } from './session-reporter.js';
import type { PulledSource } from './stream/iterable-stream.js';
import type { StreamEnding } from './stream/outgoing-stream.js';

/** What a {@link CallRunner} needs from its session. */
export interface CallRunnerSetup extends CallTableOwner {
  readonly connection: WsConnection;
  readonly outlet: Outlet;
  readonly limits: SessionLimits;
  readonly reporter: ConnectionReporter;
  /** As in {@link CallStreamsOwner}. */
  readonly hasRoom: () => boolean;
}

/**
 * Runs the calls and events of one connection, and sees to it that every call has exactly one
 * outcome, that an event has none but an error, and that nothing that is thrown gets any further.
 */
export class CallRunner implements CallStreamsOwner, ResultReceiver {
  readonly #streams: CallStreams;
  readonly #table: CallTable;
  readonly #setup: CallRunnerSetup;
  readonly #outlet: Outlet;
  readonly #connection: WsConnection;
  readonly #lanes = new SerialLanes((call) => this.#run(call));
  readonly #endings: CallEndings;
  readonly #report: (error: unknown) => void;
  #handlers: ReadonlyMap<string, CompiledHandler> = new Map();
  #isClosed = false;

  constructor(setup: CallRunnerSetup) {
    this.#setup = setup;
    this.#outlet = setup.outlet;
    this.#connection = setup.connection;
    this.#table = new CallTable(setup.limits, setup);
    this.#streams = new CallStreams(setup, this);
    this.#endings = new CallEndings(setup.outlet, this.#table, this.#lanes);
    const { reporter } = setup;
    this.#report = (error) => void reporter.report(error, 'an abort listener');
  }

  /** Says which handlers there are. */
  use(handlers: ReadonlyMap<string, CompiledHandler>): void {
    this.#handlers = handlers;
  }

  /**
   * Handles one call or event. A synchronous handler has been answered when this returns.
   *
   * @param size what its message measures: bytes of binary, UTF-16 units of text
   */
  start(request: CallRequest | EventRequest, size: number): void {
    const id = request.kind === 'call' ? request.id : undefined;
    const credit = request.kind === 'call' ? request.credit : 0;
    // First, since no other error may come under the id of a call in flight.
    if (this.#isInFlight(id)) return this.#refuseDuplicate(id);
    const handler = this.#handlers.get(request.type);
    if (handler === undefined) return this.refuse(id, 'UNKNOWN_TYPE', 'Unknown type');
    const call = new Call(handler, id, request.data, size, credit, this.#report);
    this.#table.take(call);
    if (handler.order === 'concurrent') return this.#run(call);
    this.#table.add(call);
    this.#lanes.enter(call);
  }

  /** Handlers that run or wait for their turn, and what has a place reserved. */
  get callsInFlight(): Gauge {
    return this.#table.running;
  }

  /** Streams that are open. */
  get streamsInFlight(): Gauge {
    return this.#streams.open;
  }

  /** Items of streams that were sent. */
  get sentItems(): number {
    return this.#streams.sentItems;
  }

  /** May one more handler run, for a message of this size? If not, `onPlace` is called when one may. */
  hasPlaceFor(size: number): boolean {
    return this.#table.hasPlaceFor(size);
  }

  /** Something that has not started counts as in flight, until {@link release}. */
  reserve(): void {
    this.#table.running.up();
  }

  release(): void {
    this.#table.running.down();
  }

  /** There is room on the connection again: the streams go on. */
  wakeStreams(): void {
    this.#streams.wakeAll();
  }

  /** Answers a message that is not handled at all. */
  refuse(id: MessageId | undefined, code: ErrorCode, message: string, details?: object): void {
    this.#setup.reporter.noteBreach(`${code}: ${message}`);
    const error = { code, message, status: ERROR_CODES[code].status };
    this.#outlet.sendError(id, details === undefined ? error : { ...error, details });
  }

  /** Answers a message that came too soon after others. */
  refuseForRate(request: ClientRequest, retryAfterMs: number): void {
    const id = idOf(request);
    const isTaken = this.#isInFlight(id);
    if (isTaken && request.kind === 'call') return this.#refuseDuplicate(id);
    // Under the id of a call in flight it would be taken for the outcome of that call.
    const own = isTaken ? undefined : id;
    this.refuse(own, 'RATE_LIMITED', 'Too many messages', { retryAfterMs });
  }

  /**
   * Answers what is no message of the protocol: under its id, unless a call in flight has it, whose
   * outcome the client would take the error for.
   */
  refuseBad(id: MessageId | undefined, problem: string): void {
    this.refuse(this.#isInFlight(id) ? undefined : id, 'BAD_MESSAGE', problem);
  }

  /** The client is ready for more of a stream. What has ended meanwhile needs none. */
  addCredit(id: MessageId, n: number): void {
    const call = this.#table.find(id);
    if (call === undefined) return;
    call.credit = Math.min(call.credit + n, Number.MAX_SAFE_INTEGER);
    call.stream?.wake();
  }

  /** The client wants nothing more of a call. What has ended meanwhile cannot be cancelled. */
  cancel(id: MessageId): void {
    const call = this.#table.find(id);
    if (call !== undefined) this.#giveUp(call);
  }

  /** The connection is over: stops and aborts everything. */
  close(): void {
    this.#isClosed = true;
    this.#lanes.clear();
    for (const call of this.#table.calls) {
      this.#giveUp(call);
      // Whether its handler runs on matters to nobody now.
      this.#endings.finish(call);
    }
    this.#table.running.abandon();
    this.#streams.open.abandon();
  }

  hold(bytes: number): void {
    this.#setup.hold(bytes);
  }

  hasRoom(): boolean {
    return this.#setup.hasRoom();
  }

  onStreamEnded(call: Call, ending: StreamEnding): void {
    switch (ending.kind) {
      case 'complete':
        return this.#endings.complete(call);
      case 'error':
        return this.onException(call, ending.error);
      case 'overflow':
        call.abort();
        return this.#endings.problem(
          call,
          'OVERFLOW',
          'The client reads too slowly for this stream',
        );
    }
  }

  onStreamBroken(call: Call, error: unknown): void {
    this.#streams.stop(call);
    call.abort();
    this.#endings.unencodable(call, error);
  }

  #refuseDuplicate(id: MessageId): void {
    this.refuse(id, 'DUPLICATE_ID', 'A call with this id is in flight');
  }

  #isInFlight(id: MessageId | undefined): id is MessageId {
    return id !== undefined && this.#table.find(id) !== undefined;
  }

  #run(call: Call): void {
    call.hasStarted = true;
    let result: unknown;
    try {
      result = call.handler.invoke(this.#connection, call.payload, call);
    } catch (exception) {
      return this.onException(call, exception);
    }
    this.onResult(call, result);
  }

  /** What the handler, or an exception filter, gave. */
  onResult(call: Call, result: unknown): void {
    let kind: ResultKind;
    try {
      kind = kindOfResult(result);
    } catch (exception) {
      return this.onException(call, exception);
    }
    // A promise first: even one nobody waits for must not reject unheard.
    if (kind === 'promise') this.#await(call, result as PromiseLike<unknown>);
    else if (call.isOver) this.#discard(call, result);
    else if (kind === 'value') this.#answer(call, result);
    else this.#stream(call, kind, result);
  }

  #answer(call: Call, data: unknown): void {
    if (call.hasStreamed) this.#stream(call, 'iterable', onceOf(data));
    else this.#endings.reply(call, data);
  }

  #await(call: Call, result: PromiseLike<unknown>): void {
    this.#trackUntilDeadline(call);
    const awaited = new AwaitedResult(call, this, this.#setup.reporter);
    call.awaited = awaited;
    awaited.listen(result);
    if (this.#isClosed) this.#endings.finish(call);
  }

  #stream(call: Call, kind: 'iterable' | 'observable', source: unknown): void {
    if (call.id === undefined) {
      this.#endings.problem(call, 'BAD_MESSAGE', 'This type gives a stream: it needs an id');
    } else if (!this.#streams.hasPlaceFor(call)) {
      this.#endings.problem(call, 'OVERFLOW', 'Too many streams are open on this connection');
    } else {
      this.#track(call);
    }
    if (call.isOver) return this.#discard(call, source);
    call.deadline?.clear();
    call.deadline = undefined;
    call.hasStreamed = true;
    if (kind === 'iterable') this.#streams.iterate(call, source as PulledSource);
    else this.#streams.subscribe(call, source as ObservableInput<unknown>);
    this.#table.release(call);
  }

  /** Nobody wants what the handler gave. */
  #discard(call: Call, result: unknown): void {
    discardResult(result, call.handler.label, this.#setup.reporter);
    this.#endings.finish(call);
  }

  /** From here on the call can be found, cancelled and aborted. */
  #track(call: Call): void {
    if (!this.#isClosed) return this.#table.add(call);
    // The handler itself, or a hook it set off, closed the connection.
    call.isOver = true;
    call.abort();
  }

  #trackUntilDeadline(call: Call): void {
    this.#track(call);
    const { timeout } = call.handler;
    if (timeout > 0) call.deadline ??= new Deadline(timeout, () => this.#timeOut(call));
  }

  /** The handler or its stream threw: the exception filters have a say, once. */
  onException(call: Call, exception: unknown): void {
    if (call.isOver) return this.#endings.finish(call);
    if (call.isFiltered) return this.#endings.exception(call, exception);
    call.isFiltered = true;
    let outcome: FilterOutcome | Promise<FilterOutcome>;
    try {
      outcome = call.handler.handleException(exception, this.#connection, call.payload, call);
    } catch (another) {
      return this.#endings.exception(call, another);
    }
    if (!isThenable(outcome)) return this.#applyOutcome(call, outcome);
    this.#trackUntilDeadline(call);
    outcome.then(
      (settled) => this.#applyOutcome(call, settled),
      (another: unknown) => this.#endings.exception(call, another),
    );
  }

  #applyOutcome(call: Call, outcome: FilterOutcome): void {
    if ('reply' in outcome) this.onResult(call, outcome.reply);
    else this.#endings.exception(call, outcome.error);
  }

  #timeOut(call: Call): void {
    const message = `No answer within ${call.handler.timeout} ms`;
    this.#endings.tell(call, 'TIMEOUT', message);
    this.#giveUp(call, new DOMException(message, 'TimeoutError'));
  }

  /**
   * Nothing more is sent for the call. A handler that runs keeps its place until it settles, and
   * its turn, so that `serial` never overlaps.
   */
  #giveUp(call: Call, reason?: DOMException): void {
    const isRunning = call.hasStarted && call.stream === undefined;
    call.isOver = true;
    this.#table.giveUpId(call);
    this.#streams.stop(call);
    call.abort(reason);
    if (!isRunning) this.#endings.finish(call);
  }
}

/** A stream of one item: what an exception filter makes of a stream that failed. */
async function* onceOf(item: unknown): AsyncGenerator<unknown, void, undefined> {
  yield item;
}
