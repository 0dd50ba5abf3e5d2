import { READY_STATE } from '../../../socket/ready-state.js';
import type { WebSocket } from '../../../socket/web-socket.js';
import { isAsyncIterable } from '../../source/is-async-iterable.js';
import { isIterator } from '../../source/is-iterator.js';
import { discardResult } from '../../session/stream/discard-result.js';
import type { Gauge } from '../../session/gauge.js';
import type { OutputWatch } from '../../session/output-watch.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { isObservableLike } from '../../source/is-observable-like.js';
import type { ResolvedPathOptions } from '../adapter-options.js';
import { EventStreams, type EventStreamsOwner } from './event-streams.js';
import { toExceptionData, writeExceptionEvent } from './exception-event.js';

/** What {@link EventResults} are made of. */
export interface EventResultsSetup {
  readonly options: Pick<ResolvedPathOptions, 'highWaterMark' | 'maxStreamsInFlight'>;
  readonly reporter: ConnectionReporter;
  /** Waits for room on the connection; whoever owns it calls `wake` when there is. */
  readonly watch: OutputWatch;
}

/**
 * What handlers give, on its way to one client, as Nest's `WsAdapter` sends it: a value as it is,
 * each value of an Observable too, and nothing at all for `null` and `undefined`.
 */
export class EventResults implements EventStreamsOwner {
  readonly reporter: ConnectionReporter;
  readonly #socket: WebSocket;
  readonly #highWaterMark: number;
  readonly #watch: OutputWatch;
  readonly #streams: EventStreams;

  constructor(socket: WebSocket, { options, reporter, watch }: EventResultsSetup) {
    this.#socket = socket;
    this.reporter = reporter;
    this.#highWaterMark = options.highWaterMark;
    this.#watch = watch;
    this.#streams = new EventStreams(options.maxStreamsInFlight, this);
  }

  /** Streams that have not ended. */
  get openStreams(): Gauge {
    return this.#streams.open;
  }

  /**
   * Sends what a handler returned, or its promise was fulfilled with. A plain value, the usual
   * case, does not go through rxjs.
   */
  send(result: unknown): void {
    this.#answerIfItThrows(() => {
      if (!isObservableLike(result)) this.#deliver(result);
      else if (this.#isOpen) this.#streams.subscribe(result);
    });
  }

  /** Sends an `exception` event. */
  sendException(message: string, code: string, details?: object): void {
    this.#socket.send(writeExceptionEvent({ status: 'error', message, code, details }));
  }

  /** There is room on the connection again: the streams go on. */
  wake(): void {
    this.#streams.wake();
  }

  /** The connection is over: stops every stream. */
  close(): void {
    this.#streams.close();
  }

  /** Called by the streams, for each of their items. */
  deliver(item: unknown): void {
    this.#answerIfItThrows(() => this.#deliver(item));
  }

  /** Called by the streams. */
  hasRoom(): boolean {
    return this.#watch.hasRoomBelow(this.#highWaterMark);
  }

  /**
   * Called by the streams. A stream of Node's keeps its file open until it is
   * told that nobody wants it.
   */
  onUnwanted(source: unknown): void {
    discardResult(source, 'a result', this.reporter);
  }

  /** Called by the streams. */
  onOverflow(): void {
    this.reporter.noteBreach('OVERFLOW: Too many streams are open');
    this.sendException('Too many streams are open', 'OVERFLOW');
  }

  /** Called by the streams. */
  onFailed(error: unknown): void {
    this.#answerFailure(error, 'a stream');
  }

  #deliver(value: unknown): void {
    if (value === null || value === undefined) return;
    if (!this.#isOpen) return this.onUnwanted(value);
    if (isAsyncIterable(value) || isIterator(value)) return this.#streams.iterate(value);
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) this.#socket.send(text);
  }

  /** A value may throw as soon as it is looked at, and all the more when it is encoded. */
  #answerIfItThrows(send: () => void): void {
    try {
      send();
    } catch (error) {
      this.#answerFailure(error, 'encoding a result');
    }
  }

  #answerFailure(error: unknown, where: string): void {
    this.reporter.report(error, where);
    if (this.#isOpen) this.#socket.send(writeExceptionEvent(toExceptionData(error)));
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === READY_STATE.OPEN;
  }
}
