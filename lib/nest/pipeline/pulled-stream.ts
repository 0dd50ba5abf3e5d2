import { AsyncResource } from 'node:async_hooks';
import { Observable, type Observer, type Subscriber } from 'rxjs';
import { destroySource } from '../source/destroy-source.js';
import { ignoreStreamErrors } from '../source/ignore-stream-errors.js';
import { isLastStep } from '../source/is-last-step.js';

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** One pass through the source. */
interface Pull {
  readonly values: AsyncIterator<unknown>;
  /** It has yielded its last value, or failed. */
  hasEnded: boolean;
}

/**
 * An AsyncIterable on its way through interceptors, which only know Observables. At the near end
 * it is an Observable that takes the next value from the source when the far end has a reader
 * waiting; at the far end it is an iterator again. So the source is pulled no faster than the
 * client reads, interceptors or not. One reader at a time.
 */
export class PulledStream implements AsyncIterableIterator<unknown> {
  /** Receives what the interceptors emit. */
  readonly receiver: Observer<unknown> = {
    next: (value) => this.#accept(value),
    error: (error: unknown) => this.#finish(({ reject }) => reject(error)),
    complete: () => this.#finish(({ resolve }) => resolve({ done: true, value: undefined })),
  };
  readonly #stop: () => void;
  readonly #ready: unknown[] = [];
  #end: ((reader: Reader) => void) | undefined;
  #reader: Reader | undefined;
  #wakeSource: (() => void) | undefined;
  /** Settles when the source has been disposed of; rejects if that failed. */
  #closing: Promise<unknown> | undefined;

  /** @param stop unsubscribes {@link receiver}. */
  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** The near end. Call it in the async context that the source is to run in. */
  observe(source: AsyncIterable<unknown>): Observable<unknown> {
    const scope = new AsyncResource('WsgateInterceptor');
    return new Observable((out) => {
      ignoreStreamErrors(source);
      const pull: Pull = { values: source[Symbol.asyncIterator](), hasEnded: false };
      const pumped = scope.runInAsyncScope(() => this.#pump(pull, out));
      return () => {
        this.#wakeSource?.();
        if (pull.hasEnded) return;
        const disposed = scope.runInAsyncScope(() => dispose(source, pull.values));
        this.#closing = Promise.all([this.#closing, pumped, disposed]);
        // An interceptor may have unsubscribed, and nobody asks whether disposing of the source
        // succeeds.
        this.#closing.catch(() => undefined);
      };
    });
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#ready.length > 0) return Promise.resolve({ done: false, value: this.#ready.shift() });
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      if (this.#end) this.#end(this.#reader);
      else this.#wakeSource?.();
    });
  }

  /** Rejects with what the source throws when it is disposed of. */
  async return(): Promise<IteratorResult<unknown>> {
    this.#stop();
    await this.#closing;
    return { done: true, value: undefined };
  }

  /** As with Node streams: disposes of the source, even if nothing has been read from it. */
  destroy(): void {
    this.#stop();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #accept(value: unknown): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) reader.resolve({ done: false, value });
    else this.#ready.push(value);
  }

  #finish(end: (reader: Reader) => void): void {
    this.#end = end;
    if (this.#reader) end(this.#reader);
  }

  /** Rejects with the failure of the source, if nobody reads from it any more. */
  async #pump(pull: Pull, out: Subscriber<unknown>): Promise<void> {
    try {
      while (!out.closed) {
        await this.#readerWaiting();
        if (out.closed) return;
        const step = await pull.values.next();
        if (isLastStep(step)) {
          pull.hasEnded = true;
          out.complete();
        } else {
          out.next(step.value);
        }
      }
    } catch (error) {
      pull.hasEnded = true;
      if (out.closed) throw error;
      out.error(error);
    }
  }

  #readerWaiting(): Promise<void> | undefined {
    if (this.#reader) return undefined;
    return new Promise((resolve) => {
      this.#wakeSource = resolve;
    });
  }
}

/** Lets the source clean up; rejects with what that throws. */
async function dispose(
  source: AsyncIterable<unknown>,
  values: AsyncIterator<unknown>,
): Promise<void> {
  await Promise.all([destroySource(source), values.return?.()]);
}
