import { from, type ObservableInput, type Subscription, takeWhile } from 'rxjs';
import type { ConnectionReporter } from '../session/session-reporter.js';
import { unsubscribeSafely } from '../session/stream/unsubscribe-safely.js';

/** What {@link ObservedEvents} need of their connection. */
export interface ObservedEventsOwner {
  readonly reporter: ConnectionReporter;
  deliver(item: unknown): void;
  onFailed(error: unknown): void;
}

/** Sends every value of one Observable as it comes. */
export class ObservedEvents {
  readonly #source: ObservableInput<unknown>;
  readonly #owner: ObservedEventsOwner;
  readonly #onEnd: () => void;
  #subscription: Subscription | undefined = undefined;
  #isOver = false;

  constructor(source: ObservableInput<unknown>, owner: ObservedEventsOwner, onEnd: () => void) {
    this.#source = source;
    this.#owner = owner;
    this.#onEnd = onEnd;
  }

  /** Runs until the source ends or `stop` is called. Never throws. */
  start(): void {
    try {
      this.#subscription = this.#subscribe();
    } catch (error) {
      // rxjs does not accept it as an Observable, although it looks like one.
      this.#fail(error);
    }
    if (this.#isOver) this.#unsubscribe();
  }

  /** Unsubscribes from the source. Never throws. */
  stop(): void {
    this.#isOver = true;
    this.#unsubscribe();
  }

  /** A synchronous source emits before `subscribe` returns, so only takeWhile can stop it then. */
  #subscribe(): Subscription {
    return from(this.#source)
      .pipe(takeWhile(() => !this.#isOver))
      .subscribe({
        next: (item) => this.#owner.deliver(item),
        error: (error: unknown) => this.#fail(error),
        complete: () => this.#end(),
      });
  }

  #fail(error: unknown): void {
    if (!this.#isOver) this.#owner.onFailed(error);
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    // Unsubscribed here, so that what a teardown throws is caught; rxjs would throw it into the
    // source.
    this.stop();
    this.#onEnd();
  }

  #unsubscribe(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    unsubscribeSafely(subscription, 'a stream', this.#owner.reporter);
  }
}
