import type { WsMessageHandler } from '@nestjs/common';
import type { WebSocket } from '../../socket/web-socket.js';
import { isAsyncIterable } from '../is-async-iterable.js';
import { isIterator, takeEach } from '../is-iterator.js';
import { isThenable } from '../is-thenable.js';
import { ControlRate } from '../session/control-rate.js';
import { drainSession } from '../session/drain-session.js';
import { MessageRate } from '../session/message-rate.js';
import { holdsTooMuch } from '../session/holds-too-much.js';
import { OutputWatch } from '../session/output-watch.js';
import { PendingMessages } from '../session/pending-messages.js';
import { ReadGate, STOP_READING } from '../session/read-gate.js';
import { discardResult } from '../session/discard-result.js';
import type { ConnectionReporter } from '../session/session-reporter.js';
import { isObservableLike } from '../session/stream/is-observable-like.js';
import type { WsDrainNotice } from '../ws-connection.js';
import type { ResolvedPathOptions } from './adapter-options.js';
import type { Dialect } from './dialect.js';
import { EventStreams } from './event-streams.js';
import { toExceptionData, writeExceptionEvent } from './exception-event.js';
import { lastOfEach } from './last-of-each.js';
import {
  type EventMessage,
  type EventMessageParser,
  type ReadEvent,
  readEventMessage,
  readWithParser,
} from './read-event-message.js';
import { RunningCalls } from './running-calls.js';

const OPEN = 1;
/** Bytes waiting for the client from which nothing more is read from it. */
const READ_PAUSE_BYTES = 1024 * 1024;

/** What an {@link EventDialect} is made of. */
export interface EventDialectSetup {
  readonly options: ResolvedPathOptions;
  readonly parser: EventMessageParser | undefined;
  readonly reporter: ConnectionReporter;
}

type Callback = WsMessageHandler['callback'];

/**
 * `{event, data}` on one connection, as Nest's `WsAdapter` speaks it: what a handler returns is sent
 * as it is, each value of an Observable too, and nothing at all for `null` and `undefined`.
 */
export class EventDialect implements Dialect {
  readonly #socket: WebSocket;
  readonly #setup: EventDialectSetup;
  readonly #handlers = new Map<unknown, Callback[]>();
  readonly #pending: PendingMessages;
  readonly #gate: ReadGate;
  readonly #watch: OutputWatch;
  readonly #running: RunningCalls;
  readonly #streams: EventStreams;
  readonly #rate: MessageRate | undefined;
  readonly #controls: ControlRate;
  #isListening = false;
  #phase: 'opening' | 'open' | 'closed' = 'opening';

  constructor(socket: WebSocket, setup: EventDialectSetup) {
    const { maxPendingMessages, maxPendingBytes, highWaterMark, stallTimeout, maxStreamsInFlight } =
      setup.options;
    this.#socket = socket;
    this.#setup = setup;
    this.#pending = new PendingMessages(maxPendingMessages, maxPendingBytes, socket);
    this.#gate = new ReadGate(socket);
    this.#running = new RunningCalls(setup.options, socket, this.#gate);
    this.#watch = new OutputWatch(socket, highWaterMark, stallTimeout, {
      onRoom: () => this.#onRoom(),
      onStalled: () => this.#giveUp(4408, 'nothing was read until the stall timeout passed'),
    });
    this.#streams = new EventStreams(maxStreamsInFlight, {
      reporter: setup.reporter,
      deliver: (value) => this.#deliver(value),
      hasRoom: () => this.#hasRoom(),
      onUnwanted: (source) => this.#discard(source),
      onOverflow: () => this.#answerException('Too many streams are open', 'OVERFLOW'),
      onFailed: (error) => this.#answerFailure(error, 'a stream'),
    });
    const { messageRate, controlFrameRate } = setup.options;
    this.#rate = messageRate && new MessageRate(messageRate);
    this.#controls = new ControlRate(controlFrameRate);
    socket.on('ping', () => this.#countControl());
    socket.on('pong', () => this.#countControl());
    socket.on('drain', () => this.#watch.drained());
    socket.once('close', () => this.#stop());
  }

  bind(handlers: readonly WsMessageHandler[]): void {
    for (const [message, { callback }] of lastOfEach(handlers)) {
      const bound = this.#handlers.get(message);
      if (bound === undefined) this.#handlers.set(message, [callback]);
      else bound.push(callback);
    }
    if (this.#isListening) return;
    this.#isListening = true;
    this.#socket.on('message', (data) => this.#onMessage(data));
  }

  open(): void {
    if (this.#phase !== 'opening') return;
    this.#phase = 'open';
    if (this.#pending.count > 0) this.#running.count.down();
    for (let next = this.#pending.take(); next !== undefined; next = this.#pending.take()) {
      this.#handle(next.data as string | Buffer);
    }
    this.#gate.allow(STOP_READING.PENDING);
  }

  beforeSend(): 'send' {
    const { bufferedAmount } = this.#socket;
    const { highWaterMark, maxBufferedAmount } = this.#setup.options;
    if (bufferedAmount < highWaterMark || this.#phase === 'closed') return 'send';
    this.#watch.wait();
    if (bufferedAmount >= maxBufferedAmount) {
      this.#giveUp(1013, 'messages came faster than they were read');
    }
    return 'send';
  }

  async drain(notice: WsDrainNotice): Promise<void> {
    const stopReading = (): void => this.#gate.stop(STOP_READING.DRAIN);
    const { open } = this.#streams;
    await drainSession({ calls: this.#running.count, streams: open, stopReading }, notice);
    this.#close(1001, 'the server goes away');
  }

  #onMessage(data: string | Buffer): void {
    if (this.#phase === 'open') this.#handle(data);
    else if (this.#phase === 'opening') {
      // What waits for the hooks counts as one in flight, so that a drain waits for its answer.
      if (this.#pending.count === 0) this.#running.count.up();
      this.#pending.add(data, typeof data !== 'string');
      if (this.#pending.isFull) this.#gate.stop(STOP_READING.PENDING);
    }
  }

  #handle(data: string | Buffer): void {
    if (this.#isWithinRate()) this.#dispatch(data);
    if (this.#phase !== 'open' || this.#socket.bufferedAmount < READ_PAUSE_BYTES) return;
    this.#gate.stop(STOP_READING.OUTPUT);
    this.#watch.wait();
  }

  #dispatch(data: string | Buffer): void {
    const message = this.#read(data);
    if (message === undefined) return;
    if (message === 'bad') return this.#refuse('Bad message', 'BAD_MESSAGE');
    if (holdsTooMuch(message.data, data.length, this.#setup.options.maxValues)) {
      return this.#refuse('Too many values', 'BAD_MESSAGE');
    }
    const callbacks = this.#handlers.get(message.event);
    if (callbacks === undefined) return this.#refuse('Unknown event', 'UNKNOWN_TYPE');
    for (const callback of callbacks) this.#run(callback, message, data.length);
  }

  #isWithinRate(): boolean {
    const rate = this.#rate;
    const verdict = rate?.count() ?? 'handle';
    if (verdict === 'close') this.#giveUp(4429, 'too many messages');
    else if (verdict === 'refuse') {
      const details = { retryAfterMs: rate?.retryAfterMs };
      this.#setup.reporter.noteBreach('RATE_LIMITED: Too many messages');
      this.#answerException('Too many messages', 'RATE_LIMITED', details);
    }
    return verdict === 'handle';
  }

  #countControl(): void {
    if (!this.#controls.allows()) this.#giveUp(4429, 'too many pings and pongs');
  }

  #read(data: string | Buffer): ReadEvent {
    const { parser, reporter } = this.#setup;
    if (parser === undefined) return readEventMessage(data);
    return readWithParser(data, parser, (error) => reporter.report(error, 'messageParser'));
  }

  #run(callback: Callback, { event, data }: EventMessage, size: number): void {
    let result: unknown;
    try {
      result = callback(data, event);
    } catch (exception) {
      return this.#handlerFailed(exception, event);
    }
    if (!isThenable(result)) return this.#settle(result);
    this.#running.enter(size);
    inNestsTime(result).then(
      (value) => {
        this.#settle(value);
        this.#running.leave(size);
      },
      (exception: unknown) => {
        this.#handlerFailed(exception, event);
        this.#running.leave(size);
      },
    );
  }

  /** Nest has answered the client, or a filter of the application's chose not to. */
  #handlerFailed(exception: unknown, event: unknown): void {
    this.#setup.reporter.report(exception, `the handler of ${String(event)}`);
  }

  /** What the handler gave: a plain value, the usual thing, needs nothing of rxjs. */
  #settle(value: unknown): void {
    if (!isObservableLike(value)) this.#deliver(value);
    else if (this.#socket.readyState === OPEN) this.#streams.subscribe(value);
  }

  #deliver(value: unknown): void {
    if (value === null || value === undefined) return;
    if (this.#socket.readyState !== OPEN) return this.#discard(value);
    if (isAsyncIterable(value)) return this.#streams.iterate(value);
    if (isIterator(value)) return this.#streams.iterate(takeEach(value));
    let text: string | undefined;
    try {
      text = JSON.stringify(value) as string | undefined;
    } catch (error) {
      return this.#answerFailure(error, 'encoding a result');
    }
    if (text !== undefined) this.#socket.send(text);
  }

  /** A stream of Node's keeps its file open until it is told that nobody wants it. */
  #discard(value: unknown): void {
    discardResult(value, 'a result', this.#setup.reporter);
  }

  #refuse(message: string, code: string): void {
    if (this.#setup.options.strictMessages) this.#answerException(message, code);
  }

  #answerException(message: string, code: string, details?: object): void {
    this.#socket.send(writeExceptionEvent({ status: 'error', message, code, details }));
  }

  #answerFailure(error: unknown, where: string): void {
    this.#setup.reporter.report(error, where);
    if (this.#socket.readyState === OPEN) {
      this.#socket.send(writeExceptionEvent(toExceptionData(error)));
    }
  }

  #hasRoom(): boolean {
    if (this.#socket.bufferedAmount < this.#setup.options.highWaterMark) return true;
    this.#watch.wait();
    return false;
  }

  #onRoom(): void {
    this.#gate.allow(STOP_READING.OUTPUT);
    this.#streams.wake();
  }

  #giveUp(code: number, breach: string): void {
    if (this.#phase === 'closed') return;
    this.#setup.reporter.noteBreach(breach);
    this.#close(code, breach);
  }

  #close(code: number, reason: string): void {
    if (this.#phase === 'closed') return;
    this.#socket.close(code, reason);
    this.#stop();
  }

  #stop(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#pending.clear();
    this.#watch.stop();
    this.#streams.close();
    this.#running.count.abandon();
    this.#gate.release();
  }
}

/**
 * As many turns of the microtask queue as Nest's own way through rxjs takes, which costs 3 us more.
 * So that messages handled at the same time are answered in the order `WsAdapter` answers them in.
 */
async function inNestsTime(result: PromiseLike<unknown>): Promise<unknown> {
  const value = await result;
  return value;
}
