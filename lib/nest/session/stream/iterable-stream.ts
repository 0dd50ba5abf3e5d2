import { AsyncResource } from 'node:async_hooks';
import { isAsyncIterable } from '../../source/is-async-iterable.js';
import { takeEach } from '../../source/is-iterator.js';
import { isLastStep } from '../../source/is-last-step.js';
import { destroySource } from '../../source/destroy-source.js';
import { disposeSafely } from '../../source/dispose-safely.js';
import { ignoreStreamErrors } from '../../source/ignore-stream-errors.js';
import type { OutgoingStream, StreamEnding } from './outgoing-stream.js';
import type { StreamLink } from './stream-link.js';

/**
 * How many items a source may yield before the event loop gets a turn. One that always has an item
 * would block it for ever if nothing slows the source down: a client without limits, or items that
 * are nothing to send.
 */
const ITEMS_PER_TURN = 128;

/** What is asked for one item after the other. */
export type PulledSource = AsyncIterable<unknown> | IterableIterator<unknown>;

/**
 * Sends an AsyncIterable, or what a generator returns, to the client. It is pulled one item at a
 * time, and only while one may be sent.
 */
export class IterableStream implements OutgoingStream {
  readonly #source: PulledSource;
  readonly #onThrown: (error: unknown) => void;
  #link: StreamLink | undefined;
  #iterator: AsyncIterator<unknown> | undefined = undefined;
  /** The call's: whoever gives credit or room, or closes the connection, has another one. */
  readonly #scope = new AsyncResource('WsgateStream');
  #isPulling = false;
  #itemsThisTurn = 0;

  /**
   * @param onThrown told what the source throws when it is disposed of. Must not throw, nor refer to
   *   the connection: the source may keep it for ever
   */
  constructor(source: PulledSource, link: StreamLink, onThrown: (error: unknown) => void) {
    this.#source = source;
    this.#link = link;
    this.#onThrown = onThrown;
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
    if (this.#mayPull) this.#scope.runInAsyncScope(() => this.#pullInTurn());
  }

  stop(): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.#scope.runInAsyncScope(() => this.#dispose());
  }

  get #mayPull(): boolean {
    return !this.#isPulling && this.#link?.canSend() === true;
  }

  #pullInTurn(): void {
    this.#isPulling = true;
    this.#itemsThisTurn += 1;
    if (this.#itemsThisTurn <= ITEMS_PER_TURN) return this.#pull();
    this.#itemsThisTurn = 0;
    setImmediate(() => this.#pull());
  }

  #pull(): void {
    if (this.#link === undefined) return;
    let step: Promise<IteratorResult<unknown>>;
    try {
      // Fails as well if the source gave no iterator.
      step = Promise.resolve((this.#iterator as AsyncIterator<unknown>).next());
    } catch (error) {
      return this.#end({ kind: 'error', error });
    }
    step.then(this.#onStep, this.#onError);
  }

  readonly #onStep = (step: IteratorResult<unknown>): void => {
    const link = this.#link;
    if (link === undefined) return;
    this.#isPulling = false;
    let isDone: boolean;
    let item: unknown;
    try {
      isDone = isLastStep(step);
      item = isDone ? undefined : step.value;
    } catch (error) {
      return this.#end({ kind: 'error', error });
    }
    if (isDone) return this.#end({ kind: 'complete' });
    link.send(item);
    if (this.#mayPull) this.#pullInTurn();
  };

  readonly #onError = (error: unknown): void => {
    if (this.#link === undefined) this.#onThrown(error);
    else this.#end({ kind: 'error', error });
  };

  #end(ending: StreamEnding): void {
    const link = this.#link;
    this.#link = undefined;
    link?.ended(ending);
  }

  /** Runs the `finally` of a generator. It may take for ever. */
  #dispose(): void {
    disposeSafely(() => destroySource(this.#source), this.#onThrown);
    disposeSafely(() => this.#iterator?.return?.(), this.#onThrown);
  }
}
