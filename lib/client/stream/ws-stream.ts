import type { WsObserver, WsSubscription } from './observer.js';
import { pullItems } from './pull-items.js';
import { PushedItems } from './pushed-items.js';
import type { StartSource } from './source.js';

/**
 * Items to come: read them with `for await`, subscribe to them, or give them to rxjs' `from`.
 * Nothing is asked of the server until somebody reads, and every reader gets a stream of its own.
 * Leaving the loop or unsubscribing cancels it.
 *
 * @example
 * for await (const price of client.stream('prices.watch', { symbols: ['ACME'] })) show(price);
 */
export class WsStream<T> implements AsyncIterable<T> {
  readonly #start: StartSource<T>;

  constructor(start: StartSource<T>) {
    this.#start = start;
    const { observable } = Symbol as { readonly observable?: symbol };
    // As rxjs does: the well-known symbol where somebody has defined one, else the string below.
    if (observable) Object.assign(this, { [observable]: () => this });
  }

  /**
   * Tells the observer of every item as it comes, which also counts as reading it. An error nobody
   * takes is thrown asynchronously, as in rxjs.
   */
  subscribe(observer: WsObserver<T> | ((item: T) => void)): WsSubscription {
    const full = typeof observer === 'function' ? { next: observer } : observer;
    return new PushedItems(this.#start, full);
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return pullItems(this.#start);
  }

  /** How libraries for Observables find out that this is one. */
  '@@observable'(): this {
    return this;
  }
}
