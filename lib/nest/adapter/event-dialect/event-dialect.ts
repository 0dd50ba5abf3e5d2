import type { WsMessageHandler } from '@nestjs/common';
import { CLOSE_CODE } from '../../../protocol/closing/close-codes.js';
import type { PreparedMessage } from '../../../protocol/message/prepared-message.js';
import { WSGATE_CLOSE_CODE } from '../../../protocol/wsgate/close-codes.js';
import type { WebSocketData } from '../../../socket/bytes.js';
import type { WebSocket } from '../../../socket/web-socket.js';
import { isThenable } from '../../waiting/is-thenable.js';
import { ControlRate } from '../../session/rate/control-rate.js';
import { drainSession } from '../../session/drain-session.js';
import { hintAtNearest } from '../../session/hint-at-nearest.js';
import { isBelowMark } from '../../session/is-below-mark.js';
import { MessageRate } from '../../session/rate/message-rate.js';
import { type OutputEvents, OutputWatch } from '../../session/output-watch.js';
import { PendingMessages } from '../../session/pending-messages.js';
import { ReadGate, STOP_READING } from '../../session/read-gate.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import type { WsDrainNotice } from '../../connection/ws-connection-link.js';
import type { EventMessageParser, ResolvedPathOptions } from '../adapter-options.js';
import type { Dialect } from '../dialect.js';
import { EventResults } from './event-results.js';
import { lastOfEach } from '../last-of-each.js';
import {
  type EventEnvelope,
  type ReadEvent,
  readEventMessage,
  readWithParser,
} from './read-event-message.js';
import { RunningCalls } from './running-calls.js';

/** Once so many bytes wait for the client, nothing more is read from it. */
const READ_PAUSE_BYTES = 1024 * 1024;

/** What an {@link EventDialect} is made of. */
export interface EventDialectSetup {
  readonly options: ResolvedPathOptions;
  readonly parser: EventMessageParser | undefined;
  readonly reporter: ConnectionReporter;
}

type Callback = WsMessageHandler['callback'];

/**
 * `{event, data}` on one connection, as Nest's `WsAdapter` speaks it: reads what the client says,
 * runs the handlers of that event, and gives what they return to {@link EventResults}.
 */
export class EventDialect implements Dialect, OutputEvents {
  readonly #socket: WebSocket;
  readonly #setup: EventDialectSetup;
  readonly #handlers = new Map<unknown, Callback[]>();
  readonly #pending: PendingMessages;
  readonly #gate: ReadGate;
  readonly #watch: OutputWatch;
  readonly #running: RunningCalls;
  readonly #results: EventResults;
  readonly #rate: MessageRate | undefined;
  readonly #controls: ControlRate;
  #isListening = false;
  #phase: 'opening' | 'open' | 'closed' = 'opening';

  constructor(socket: WebSocket, setup: EventDialectSetup) {
    const { options, reporter } = setup;
    this.#socket = socket;
    this.#setup = setup;
    this.#pending = new PendingMessages(
      options.maxPendingMessages,
      options.maxPendingBytes,
      socket,
    );
    this.#gate = new ReadGate(socket);
    this.#running = new RunningCalls(options, socket, this.#gate);
    const roomBelow = Math.min(options.highWaterMark, READ_PAUSE_BYTES);
    this.#watch = new OutputWatch(socket, roomBelow, options.stallTimeout, this);
    this.#results = new EventResults(socket, { options, reporter, watch: this.#watch });
    this.#rate = options.messageRate && new MessageRate(options.messageRate);
    this.#controls = new ControlRate(options.controlFrameRate);
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

  beforeSend(data: WebSocketData | PreparedMessage): 'send' {
    this.#watch.sent(lengthOf(data));
    const { highWaterMark, maxBufferedAmount } = this.#setup.options;
    if (this.#watch.hasRoomBelow(highWaterMark)) return 'send';
    if (!isBelowMark(this.#socket, maxBufferedAmount)) {
      this.#giveUp(CLOSE_CODE.TRY_AGAIN_LATER, 'messages came faster than they were read');
    }
    return 'send';
  }

  async drain(notice: WsDrainNotice): Promise<void> {
    const stopReading = (): void => this.#gate.stop(STOP_READING.DRAIN);
    const streams = this.#results.openStreams;
    await drainSession({ calls: this.#running.count, streams, stopReading }, notice);
    this.#close(CLOSE_CODE.GOING_AWAY, 'the server goes away');
  }

  /** Called by the output watch. */
  onRoom(): void {
    this.#gate.allow(STOP_READING.OUTPUT);
    this.#results.wake();
  }

  /** Called by the output watch. */
  onStalled(): void {
    this.#giveUp(WSGATE_CLOSE_CODE.TOO_SLOW, 'nothing was read until the stall timeout passed');
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
    if (!this.#watch.hasRoomBelow(READ_PAUSE_BYTES)) this.#gate.stop(STOP_READING.OUTPUT);
  }

  #dispatch(data: string | Buffer): void {
    const message = this.#read(data);
    if (message === undefined) return;
    if (message === 'bad') return this.#refuse('Bad message', 'BAD_MESSAGE');
    if (message === 'too-much') return this.#refuse('Too many values', 'BAD_MESSAGE');
    const callbacks = this.#handlers.get(message.event);
    if (callbacks === undefined) return this.#refuseUnknown(message.event);
    // Guards and interceptors may change the async context, and Nest does not say where there are any.
    const { context } = this.#socket;
    for (const callback of callbacks) context.run(() => this.#run(callback, message, data.length));
  }

  #isWithinRate(): boolean {
    const rate = this.#rate;
    const verdict = rate?.count() ?? 'handle';
    if (verdict === 'close') this.#giveUp(WSGATE_CLOSE_CODE.TOO_MANY, 'too many messages');
    else if (verdict === 'refuse') {
      const details = { retryAfterMs: rate?.retryAfterMs };
      this.#setup.reporter.noteBreach('RATE_LIMITED: Too many messages');
      this.#results.sendException('Too many messages', 'RATE_LIMITED', details);
    }
    return verdict === 'handle';
  }

  #countControl(): void {
    if (!this.#controls.allows())
      this.#giveUp(WSGATE_CLOSE_CODE.TOO_MANY, 'too many pings and pongs');
  }

  #read(data: string | Buffer): ReadEvent {
    const { parser, reporter, options } = this.#setup;
    const { maxValues } = options;
    if (parser === undefined) return readEventMessage(data, maxValues);
    const onError = (error: unknown): void => void reporter.report(error, 'messageParser');
    return readWithParser(data, parser, maxValues, onError);
  }

  #run(callback: Callback, { event, data }: EventEnvelope, size: number): void {
    let result: unknown;
    try {
      result = callback(data, event);
    } catch (exception) {
      return this.#handlerFailed(exception, event);
    }
    if (!isThenable(result)) return this.#results.send(result);
    this.#running.enter(size);
    settleInNestOrder(result).then(
      (value) => {
        this.#results.send(value);
        this.#running.leave(size);
      },
      (exception: unknown) => {
        this.#handlerFailed(exception, event);
        this.#running.leave(size);
      },
    );
  }

  /**
   * Only logs: Nest's exception filters have answered the client already, or one of the
   * application has decided not to.
   */
  #handlerFailed(exception: unknown, event: unknown): void {
    this.#setup.reporter.report(exception, `the handler of ${String(event)}`);
  }

  /** Drops what nobody takes as `WsAdapter` does, unless this is not wanted. */
  #refuse(message: string, code: string, more?: () => string): void {
    if (!this.#setup.options.strictMessages) return;
    this.#setup.reporter.noteBreach(`${code}: ${message}`, more);
    this.#results.sendException(message, code);
  }

  #refuseUnknown(event: unknown): void {
    this.#refuse('Unknown event', 'UNKNOWN_TYPE', () =>
      hintAtNearest(event, this.#handlers.keys()),
    );
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
    this.#results.close();
    this.#running.count.abandon();
    this.#gate.release();
  }
}

/** Bytes, or the characters of a text. 0 for what cannot be sent, which the socket says. */
function lengthOf(data: WebSocketData | PreparedMessage): number {
  if (typeof data === 'string') return data.length;
  const { byteLength, frame } = Object(data) as { byteLength?: number; frame?: Buffer };
  return byteLength ?? frame?.length ?? 0;
}

/**
 * Settles as many microtasks after `result` as a result of Nest's own `WsAdapter`, which goes through
 * rxjs and costs 3 us more. So messages that are handled at the same time are
 * answered in the same order.
 */
async function settleInNestOrder(result: PromiseLike<unknown>): Promise<unknown> {
  const value = await result;
  return value;
}
