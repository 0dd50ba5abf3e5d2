import { callSafely, reportError } from '../errors/report-error.js';
import type { WsObserver, WsSubscription } from './observer.js';
import type { ItemSink, Source, StartSource } from './source.js';

/** Hands items to an observer as they come. */
export class PushedItems<T> implements ItemSink<T>, WsSubscription {
  readonly #observer: WsObserver<T>;
  #source: Source | undefined;
  closed = false;

  constructor(start: StartSource<T>, observer: WsObserver<T>) {
    this.#observer = observer;
    this.#source = start(this);
    // The observer may have unsubscribed before there was a source to stop.
    if (this.closed) this.#source.stop();
  }

  next(item: T): void {
    if (this.closed) return;
    callSafely(() => this.#observer.next?.(item));
    if (!this.closed) this.#source?.took();
  }

  error(error: unknown): void {
    if (!this.#close()) return;
    if (this.#observer.error) callSafely(() => this.#observer.error?.(error));
    else reportError(error);
  }

  complete(): void {
    if (this.#close()) callSafely(() => this.#observer.complete?.());
  }

  unsubscribe(): void {
    if (this.#close()) this.#source?.stop();
  }

  #close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    return true;
  }
}
