import { AsyncResource } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import {
  defer,
  from,
  isObservable,
  mergeAll,
  mergeMap,
  Observable,
  type ObservableInput,
  of,
} from 'rxjs';
import { isAsyncIterable } from '../source/is-async-iterable.js';
import { isIterator, takeEach } from '../source/is-iterator.js';
import { isThenable } from '../waiting/is-thenable.js';
import type { CallContext } from './compiled-handler.js';
import { destroyQuietly } from './destroy-quietly.js';
import { InterceptedOutcome } from './intercepted-outcome.js';
import { observePromise } from './observe-promise.js';

/**
 * Runs one message through its interceptors. Interceptors get an Observable whatever the handler
 * returns; this keeps track of what it was, so that a value comes out as a value (the last one, as
 * with HTTP), and a stream as a stream of the same kind. Nothing is asynchronous unless a step is.
 */
export class InterceptedCall {
  readonly #interceptors: readonly NestInterceptor[];
  readonly #context: ExecutionContext;
  readonly #run: () => unknown;
  readonly #outcome = new InterceptedOutcome();

  /** @param run the pipes and the method. */
  constructor(
    interceptors: readonly NestInterceptor[],
    context: ExecutionContext,
    run: () => unknown,
  ) {
    this.#interceptors = interceptors;
    this.#context = context;
    this.#run = run;
  }

  /** @returns what the handler's result became: a value, a promise or a stream. */
  start(call: CallContext): unknown {
    this.#outcome.listen(defer(() => this.#intercept(0)));
    return this.#outcome.take(call);
  }

  #intercept(index: number): Observable<unknown> {
    const handler: CallHandler = { handle: () => this.#next(index + 1) };
    const result: unknown = this.#interceptors[index].intercept(this.#context, handler);
    if (isThenable(result)) {
      this.#outcome.trackStep(result);
      return from(result as Promise<Observable<unknown>>).pipe(mergeAll());
    }
    return isObservable(result) ? result : from(result as ObservableInput<unknown>);
  }

  /**
   * What comes after an interceptor: it sees what that puts into an
   * `AsyncLocalStorage` around this.
   */
  #next(index: number): Observable<unknown> {
    const scope = new AsyncResource('WsgateInterceptor');
    const isLast = index === this.#interceptors.length;
    return defer(() =>
      isLast
        ? scope.runInAsyncScope(() => this.#handle(scope))
        : scope.runInAsyncScope(() => this.#intercept(index)),
    );
  }

  #handle(scope: AsyncResource): Observable<unknown> {
    const result = this.#run();
    if (!isThenable(result)) return this.#observe(result);
    this.#outcome.trackStep(result);
    return observePromise(result, destroyQuietly).pipe(
      mergeMap((settled) => scope.runInAsyncScope(() => this.#observe(settled))),
    );
  }

  #observe(result: unknown): Observable<unknown> {
    if (isObservable(result)) return this.#outcome.holdBack(result);
    if (isAsyncIterable(result)) return this.#outcome.pull(result);
    return isIterator(result) ? this.#outcome.pull(takeEach(result)) : of(result);
  }
}
