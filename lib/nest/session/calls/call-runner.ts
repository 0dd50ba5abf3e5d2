import type { ObservableInput } from 'rxjs';
import { Deadline } from '../../../socket/deadline.js';
import type { RootContext } from '../../../socket/root-context.js';
import { isThenable } from '../../waiting/is-thenable.js';
import type { FailedFilter, FilterOutcome } from '../../pipeline/compiled-handler.js';
import type { WsConnection } from '../../connection/ws-connection.js';
import { AwaitedResult, type ResultReceiver } from './awaited-result.js';
import type { Call } from './call.js';
import { CallEndings } from './call-endings.js';
import type { CallStreamsOwner } from './call-link.js';
import { CallStreams, type CallStreamsListener } from './call-streams.js';
import type { CallTable, CallTableOwner } from './call-table.js';
import type { Gauge } from '../gauge.js';
import type { MessageSender } from '../message-sender.js';
import { kindOfResult, type ResultKind } from './result-kind.js';
import { type LaneRunner, SerialLanes } from './serial-lanes.js';
import type { SessionLimits } from '../session-limits.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { discardResult } from '../stream/discard-result.js';
import type { PulledSource } from '../stream/iterable-stream.js';
import type { StreamEnding } from '../stream/outgoing-stream.js';

/** What a {@link CallRunner} asks its session, and tells it. */
export interface CallRunnerOwner extends CallTableOwner, CallStreamsOwner {}

/** What a {@link CallRunner} is made of. */
export interface CallRunnerSetup {
  readonly connection: WsConnection;
  readonly sender: MessageSender;
  readonly limits: SessionLimits;
  readonly reporter: ConnectionReporter;
  readonly owner: CallRunnerOwner;
  /**
   * Where a call begins whose guards or interceptors may change the async
   * context, or that has waited.
   */
  readonly context: RootContext;
}

/**
 * Runs the handlers of one connection's calls and events, and sees to it that every call has exactly
 * one outcome, that an event has none but an error, and that nothing that is thrown gets any further.
 */
export class CallRunner implements CallStreamsListener, LaneRunner, ResultReceiver {
  readonly #connection: WsConnection;
  readonly #reporter: ConnectionReporter;
  readonly #context: RootContext;
  readonly #table: CallTable;
  readonly #lanes: SerialLanes;
  readonly #streams: CallStreams;
  readonly #endings: CallEndings;
  #isClosed = false;

  constructor(setup: CallRunnerSetup, table: CallTable) {
    this.#connection = setup.connection;
    this.#reporter = setup.reporter;
    this.#context = setup.context;
    this.#table = table;
    this.#lanes = new SerialLanes(this, setup.context);
    this.#streams = new CallStreams(setup, this);
    this.#endings = new CallEndings(setup.sender, table, this.#lanes, setup.reporter);
  }

  /** Streams that are open. */
  get openStreams(): Gauge {
    return this.#streams.open;
  }

  /** Items of streams that were sent. */
  get sentItems(): number {
    return this.#streams.sentItems;
  }

  /** Runs a call, or an event, now or when it is its turn. */
  start(call: Call): void {
    this.#table.takePlace(call);
    if (call.handler.order === 'concurrent') return this.run(call);
    this.#table.add(call);
    this.#lanes.enter(call);
  }

  /** Called by the lanes: it is this call's turn. */
  run(call: Call): void {
    call.hasStarted = true;
    if (call.handler.isEnhanced) this.#context.run(() => this.#invoke(call));
    else this.#invoke(call);
  }

  /** Called by the lanes. The handler in front may never settle, and this call needs an outcome too. */
  onStuck(call: Call): void {
    this.#startDeadline(call);
  }

  /** There is room on the connection again: the streams go on. */
  wakeStreams(): void {
    this.#streams.wakeAll();
  }

  /**
   * Nothing more is sent for the call. A handler that runs keeps its place until it settles, and
   * its turn, so that `serial` never overlaps.
   */
  giveUp(call: Call, reason?: DOMException): void {
    const isRunning = call.hasStarted && call.stream === undefined;
    call.isOver = true;
    this.#table.giveUpId(call);
    this.#streams.stop(call);
    call.abort(reason);
    if (!isRunning) this.#endings.finish(call);
  }

  /** The connection is over: stops and aborts everything. */
  close(): void {
    this.#isClosed = true;
    this.#lanes.clear();
    for (const call of this.#table.calls) {
      this.giveUp(call);
      // Nothing waits for its place or its turn any more, so it need not settle first.
      this.#endings.finish(call);
    }
    this.#table.running.abandon();
    this.#streams.open.abandon();
  }

  /** Called by the streams. */
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

  /** Called by the streams. */
  onStreamBroken(call: Call, error: unknown): void {
    call.abort();
    this.#endings.unencodable(call, error);
  }

  /** A handler, or an exception filter, returned this, or its promise was fulfilled with it. */
  onResult(call: Call, result: unknown): void {
    let kind: ResultKind;
    try {
      kind = kindOfResult(result);
    } catch (exception) {
      return this.onException(call, exception);
    }
    // Before the call is found to be over: the rejection of a promise must always have a listener.
    if (kind === 'promise') this.#await(call, result as PromiseLike<unknown>);
    else if (call.isOver) this.#discard(call, result);
    else if (kind === 'value') this.#answer(call, result);
    else this.#stream(call, kind, result);
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

  #invoke(call: Call): void {
    let result: unknown;
    try {
      result = call.handler.invoke(this.#connection, call.payload, call);
    } catch (exception) {
      return this.onException(call, exception);
    }
    this.onResult(call, result);
  }

  #applyOutcome(call: Call, outcome: FilterOutcome): void {
    if ('reply' in outcome) this.onResult(call, outcome.reply);
    else if ('caught' in outcome) this.#onFailedFilter(call, outcome);
    else this.#endings.exception(call, outcome.error);
  }

  /** The client is told of neither exception, so both are logged. */
  #onFailedFilter(call: Call, { error, caught }: FailedFilter): void {
    this.#reporter.reportUnsent(caught, call.handler.label);
    this.#endings.failedFilter(call, error);
  }

  #answer(call: Call, data: unknown): void {
    if (call.hasStreamed) this.#stream(call, 'iterable', onceOf(data));
    else this.#endings.reply(call, data);
  }

  #await(call: Call, result: PromiseLike<unknown>): void {
    this.#trackUntilDeadline(call);
    const awaited = new AwaitedResult(call, this, this.#reporter);
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
    if (call.isOver) {
      // What was subscribed to already must not go on.
      call.abort();
      return this.#discard(call, source);
    }
    call.stopDeadline();
    call.hasStreamed = true;
    if (kind === 'iterable') this.#streams.iterate(call, source as PulledSource);
    else this.#streams.subscribe(call, source as ObservableInput<unknown>);
    this.#table.freePlace(call);
  }

  /** Nobody wants what the handler gave. */
  #discard(call: Call, result: unknown): void {
    discardResult(result, call.handler.label, this.#reporter);
    this.#endings.finish(call);
  }

  /** From here on the call can be found, cancelled and aborted. */
  #track(call: Call): void {
    if (!this.#isClosed) return this.#table.add(call);
    // The handler itself, or a hook that ran because of it, closed the connection.
    call.isOver = true;
    call.isWithdrawn = true;
    call.abort();
  }

  #trackUntilDeadline(call: Call): void {
    this.#track(call);
    this.#startDeadline(call);
  }

  #startDeadline(call: Call): void {
    const { timeout } = call.handler;
    if (timeout > 0) call.deadline ??= new Deadline(timeout, () => this.#timeOut(call));
  }

  #timeOut(call: Call): void {
    const message = `No answer within ${call.handler.timeout} ms`;
    this.#endings.tell(call, 'TIMEOUT', message);
    if (call.hasStarted && call.handler.order === 'serial') this.#lanes.stick(call.handler);
    call.isWithdrawn = true;
    this.giveUp(call, new DOMException(message, 'TimeoutError'));
  }
}

/** A stream of one item: what an exception filter makes of a stream that failed. */
async function* onceOf(item: unknown): AsyncGenerator<unknown, void, undefined> {
  yield item;
}
