import { isAsyncIterable } from '../../is-async-iterable.js';
import { takeEach } from '../../is-iterator.js';
import type { Call } from '../calls/call.js';
import { reportTeardown } from '../calls/discard-result.js';
import type { ConnectionReporter } from '../session-reporter.js';
import type { OutgoingStream, StreamEnding } from './outgoing-stream.js';
import { assertStep } from './assert-step.js';
import { destroySource } from './destroy-source.js';
import { disposeSafely } from './dispose-safely.js';
import { ignoreStreamErrors } from './ignore-stream-errors.js';
import type { StreamHost, StreamLink } from './stream-host.js';

/**
 * How many items a source may yield before the event loop gets a turn, so that others are served as
 * well.
 */
export const ITEMS_PER_TURN = 128;

/** What is asked for one item after the other. */
export type PulledSource = AsyncIterable<unknown> | IterableIterator<unknown>;

/**
 * Sends an AsyncIterable, or what a generator returns, to the client. It is pulled one item at a
 * time, and only while the client has credit and the connection has room.
 */
export class IterableStream implements OutgoingStream {
  readonly #source: PulledSource;
  readonly #reporter: ConnectionReporter;
  readonly #label: string;
  #link: StreamLink | undefined;
  #iterator: AsyncIterator<unknown> | undefined = undefined;
  #isPulling = false;
  #itemsThisTurn = 0;

  constructor(source: PulledSource, call: Call, host: StreamHost) {
    this.#source = source;
    this.#reporter = host.reporter;
    this.#label = call.handler.label;
    this.#link = { call, host };
  }

  start(): void {
    try {
      ignoreStreamErrors(this.#source);
      const source = isAsyncIterable(this.#source) ? this.#source : takeEach(this.#source);
      this.#iterator = source[Symbol.asyncIterator]();
    } catch (error) {
      return this.#end({ kind: 'error', error });
    }
    this.wake();
  }

  wake(): void {
    const link = this.#link;
    if (link === undefined || this.#isPulling || !link.host.canSend(link.call)) return;
    this.#isPulling = true;
    this.#itemsThisTurn += 1;
    if (this.#itemsThisTurn <= ITEMS_PER_TURN) return this.#pull();
    this.#itemsThisTurn = 0;
    setImmediate(() => this.#pull());
  }

  stop(): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#dispose();
  }

  #pull(): void {
    if (this.#link === undefined) return;
    let step: Promise<IteratorResult<unknown>>;
    try {
      step = Promise.resolve((this.#iterator as AsyncIterator<unknown>).next());
    } catch (error) {
      return this.#end({ kind: 'error', error });
    }
    step.then(this.#onStep, this.#onError);
  }

  readonly #onStep = (result: IteratorResult<unknown>): void => {
    const link = this.#link;
    if (link === undefined) return;
    this.#isPulling = false;
    let isDone: boolean;
    let item: unknown;
    try {
      // An iterator of the application may return anything, even getters that throw.
      assertStep(result);
      isDone = result.done === true;
      item = isDone ? undefined : result.value;
    } catch (error) {
      return this.#end({ kind: 'error', error });
    }
    if (isDone) return this.#end({ kind: 'complete' });
    link.host.sendNext(link.call, item, 0);
    this.wake();
  };

  readonly #onError = (error: unknown): void => {
    if (this.#link === undefined) reportTeardown(error, this.#label, this.#reporter);
    else this.#end({ kind: 'error', error });
  };

  #end(ending: StreamEnding): void {
    const link = this.#link;
    this.#link = undefined;
    link?.host.streamEnded(link.call, ending, 0);
  }

  /** Runs the `finally` of a generator. It may take for ever. */
  #dispose(): void {
    const fail = (error: unknown): void => reportTeardown(error, this.#label, this.#reporter);
    disposeSafely(() => destroySource(this.#source), fail);
    disposeSafely(() => this.#iterator?.return?.(), fail);
  }
}
