import { AsyncResource } from 'node:async_hooks';
import { from, type ObservableInput, type Observer, type Subscription, takeWhile } from 'rxjs';

/**
 * A subscription to an Observable of the application. Nothing is thrown out of it: what fails goes to
 * the observer. What a teardown throws goes to a callback; rxjs would throw it at whoever completes
 * the source, mostly as an uncaught exception.
 */
export class SourceSubscription {
  readonly #onThrown: (error: unknown) => void;
  /** Who subscribes: who fails the source, or has it stopped, may be anybody. */
  readonly #scope = new AsyncResource('WsgateSubscription');
  #subscription: Subscription | undefined = undefined;
  #isOver = false;

  /** @param onThrown told what a teardown throws, which rxjs has wrapped in an UnsubscriptionError */
  constructor(onThrown: (error: unknown) => void) {
    this.#onThrown = onThrown;
  }

  /** Subscribes. The source may end before this returns. */
  start(source: ObservableInput<unknown>, observer: Observer<unknown>): void {
    try {
      this.#subscription = this.#subscribe(source, observer);
    } catch (error) {
      // rxjs does not accept it as an Observable, although it looks like one.
      this.#end(() => observer.error(error));
    }
    if (this.#isOver) this.#unsubscribe();
  }

  /** Unsubscribes: the observer is told of nothing more. May be called more than once. */
  stop(): void {
    this.#isOver = true;
    this.#scope.runInAsyncScope(() => this.#unsubscribe());
  }

  /** A synchronous source emits before `subscribe` returns, so only takeWhile can stop it then. */
  #subscribe(source: ObservableInput<unknown>, observer: Observer<unknown>): Subscription {
    return from(source)
      .pipe(takeWhile(() => !this.#isOver))
      .subscribe({
        next: (item) => observer.next(item),
        error: (error: unknown) => this.#end(() => observer.error(error)),
        complete: () => this.#end(() => observer.complete()),
      });
  }

  /** Unsubscribes first, so that what a teardown throws is caught. */
  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.stop();
    this.#scope.runInAsyncScope(tell);
  }

  #unsubscribe(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    try {
      subscription?.unsubscribe();
    } catch (error) {
      this.#onThrown(error);
    }
  }
}
