import { WsClientError } from '../errors.js';
import type { ItemSink, Source } from './source.js';

/** How many pushed items an iterator may be behind. */
const MAX_BEHIND = 1_000;

/** Whom the pushes of a type are told to; where it is undefined, statuses. */
type Type = string | undefined;

/** Those who listen to pushes and statuses, each at its own pace. */
export class Listeners {
  readonly #byType = new Map<Type, Set<Listener>>();
  #isOver = false;

  add(type: Type, sink: ItemSink<unknown>): Source {
    const group = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, group);
    const listener = new Listener(sink, () => {
      if (group.delete(listener) && group.size === 0) this.#byType.delete(type);
    });
    group.add(listener);
    if (this.#isOver) listener.complete();
    return listener;
  }

  notify(type: Type, item: unknown): void {
    // A copy: listeners that are added by a listener are not called.
    for (const listener of Array.from(this.#byType.get(type) ?? [])) listener.notify(item);
  }

  /** Nothing more will come, whoever listens. */
  complete(): void {
    this.#isOver = true;
    for (const group of this.#byType.values()) {
      for (const listener of group) listener.complete();
    }
  }
}

class Listener implements Source {
  readonly #sink: ItemSink<unknown>;
  readonly #remove: () => void;
  #behind = 0;

  constructor(sink: ItemSink<unknown>, remove: () => void) {
    this.#sink = sink;
    this.#remove = remove;
  }

  notify(item: unknown): void {
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
