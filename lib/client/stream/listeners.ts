import { WsClientError } from '../errors.js';
import type { ItemSink, Source } from './source.js';

/** How many pushed items an iterator may be behind. */
const MAX_BEHIND = 1_000;

/** Those who listen to one kind of push or status, each at its own pace. */
export class Listeners<T> {
  readonly #listeners = new Set<Listener<T>>();

  add(sink: ItemSink<T>): Source {
    const listener = new Listener(sink, () => this.#listeners.delete(listener));
    this.#listeners.add(listener);
    return listener;
  }

  notify(item: T): void {
    // A copy: listeners that are added by a listener are not called.
    for (const listener of Array.from(this.#listeners)) listener.notify(item);
  }

  /** Nothing more will come. */
  complete(): void {
    for (const listener of this.#listeners) listener.complete();
  }
}

class Listener<T> implements Source {
  readonly #sink: ItemSink<T>;
  readonly #remove: () => void;
  #behind = 0;

  constructor(sink: ItemSink<T>, remove: () => void) {
    this.#sink = sink;
    this.#remove = remove;
  }

  notify(item: T): void {
    if (this.#behind >= MAX_BEHIND) {
      this.#remove();
      this.#sink.error(new WsClientError('SLOW_CONSUMER', `${MAX_BEHIND} items were not read`));
      return;
    }
    this.#behind++;
    this.#sink.next(item);
  }

  complete(): void {
    this.#remove();
    this.#sink.complete();
  }

  took(count: number): void {
    this.#behind -= count;
  }

  stop(): void {
    this.#remove();
  }
}
