import { guard, reportError } from '../report-error.js';
import type { WsObserver, WsSubscription } from './observer.js';
import type { ItemSink, Source, StartSource } from './source.js';

/** Hands items to an observer as they come. */
export class PushedItems<T> implements ItemSink<T>, WsSubscription {
  readonly #observer: WsObserver<T>;
  #source: Source | undefined;
  #isClosed = false;

  constructor(start: StartSource<T>, observer: WsObserver<T>) {
    this.#observer = observer;
    this.#source = start(this);
    // The observer may have unsubscribed before there was a source to stop.
    if (this.#isClosed) this.#release();
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  next(item: T): void {
    if (this.#isClosed) return;
    guard(() => this.#observer.next?.(item));
    if (!this.#isClosed) this.#source?.took(1);
  }

  error(error: unknown): void {
    if (!this.#close()) return;
    if (this.#observer.error) guard(() => this.#observer.error?.(error));
    else reportError(error);
  }

  complete(): void {
    if (this.#close()) guard(() => this.#observer.complete?.());
  }

  unsubscribe(): void {
    if (this.#close()) this.#release();
  }

  #close(): boolean {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    return true;
  }

  #release(): void {
    this.#source?.stop();
    this.#source = undefined;
  }
}
