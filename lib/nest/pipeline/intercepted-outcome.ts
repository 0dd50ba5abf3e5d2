import { AsyncResource } from 'node:async_hooks';
import { mergeMap, Observable, ReplaySubject, type Subscriber, type Subscription } from 'rxjs';
import type { CallContext } from './compiled-handler.js';
import { containTeardown } from '../source/contain-teardown.js';
import { BufferedObserver } from './buffered-observer.js';
import { PulledStream } from './pulled-stream.js';

type Stream = Observable<unknown> | AsyncIterable<unknown>;

/**
 * The result of a chain of interceptors. Subscribes before it is known whether a value or a stream
 * will come, and returns the right one once that is known.
 */
export class InterceptedOutcome {
  readonly #values = new BufferedObserver(() => this.#onDecided?.());
  /** Emits when an Observable's consumer has subscribed; made only when one is waited for. */
  #opened: ReplaySubject<void> | undefined;
  #subscription: Subscription | undefined;
  #toStream: (() => Stream) | undefined;
  #onDecided: (() => void) | undefined;
  /** The promise of the step that is running. */
  #runningStep: PromiseLike<unknown> | undefined;
  /** What the teardown of the handler's Observable threw, to be thrown to the consumer. */
  #teardownError: Error | undefined;

  /** Starts the chain. */
  listen(chain: Observable<unknown>): void {
    this.#subscription = chain.subscribe(this.#values);
  }

  /**
   * What the handler's result became: a stream, or the last value (`undefined` if there was none).
   *
   * @throws what the chain failed with, or rejects with it. If the call was aborted, rejects once
   *   the running step has settled: a client must not exceed its limit of calls by cancelling.
   */
  take(call: CallContext): unknown {
    return this.#isDecided() ? this.#decide() : this.#takeLater(call.signal);
  }

  /** A step (the handler or an interceptor) runs until this promise settles. */
  trackStep(promise: PromiseLike<unknown>): void {
    this.#runningStep = promise;
  }

  /** Keeps an Observable from starting before its consumer is there. */
  holdBack(source: Observable<unknown>): Observable<unknown> {
    const contained = containTeardown(source, (error) => (this.#teardownError = error as Error));
    const scope = new AsyncResource('WsgateInterceptor');
    const subscribe = (out: Subscriber<unknown>): Subscription =>
      scope.runInAsyncScope(() => contained.subscribe(out));
    this.#opened ??= new ReplaySubject(1);
    this.#becomeStream(() => this.#toObservable());
    return this.#opened.pipe(mergeMap(() => new Observable(subscribe)));
  }

  /** Lets the consumer pull an AsyncIterable through the chain. */
  pull(source: AsyncIterable<unknown>): Observable<unknown> {
    const stream = new PulledStream(() => this.#stop());
    const values = stream.observe(source);
    this.#becomeStream(() => {
      this.#values.attach(stream.receiver);
      return stream;
    });
    return values;
  }

  #becomeStream(toStream: () => Stream): void {
    this.#toStream ??= toStream;
    this.#onDecided?.();
  }

  #toObservable(): Observable<unknown> {
    return new Observable((consumer) => {
      // First, or a synchronous source could not be stopped before it has given everything.
      consumer.add(() => this.#stopAndRethrow());
      this.#values.attach(consumer);
      this.#opened?.next();
      this.#opened?.complete();
    });
  }

  #isDecided(): boolean {
    return this.#toStream !== undefined || this.#values.hasEnded;
  }

  #decide(): unknown {
    return this.#toStream ? this.#toStream() : this.#values.takeLast();
  }

  /** A failure of the chain rejects here, whatever was thrown. */
  async #decideAsync(): Promise<unknown> {
    return this.#decide();
  }

  #takeLater(signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        try {
          this.#stop();
        } finally {
          // Even if an interceptor's teardown throws, the call must give up its place.
          if (this.#runningStep === undefined) reject(signal.reason as Error);
          else rejectAfter(this.#runningStep, reject);
        }
      };
      this.#onDecided = () => {
        signal.removeEventListener('abort', abort);
        this.#onDecided = undefined;
        resolve(this.#decideAsync());
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  #stop(): void {
    this.#subscription?.unsubscribe();
  }

  /** Stops, then throws what the teardown of the handler's Observable threw. */
  #stopAndRethrow(): void {
    this.#stop();
    if (this.#teardownError !== undefined) throw this.#teardownError;
  }
}

/**
 * A function of its own, so that a promise that never settles refers only to its arguments; not
 * even to the signal's reason, whose stack refers to the connection.
 */
function rejectAfter(promise: PromiseLike<unknown>, reject: (reason: Error) => void): void {
  const fail = (): void => reject(new DOMException('The call was aborted', 'AbortError'));
  promise.then(fail, fail);
}
