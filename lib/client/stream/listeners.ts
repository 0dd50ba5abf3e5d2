import { WsClientError } from '../errors/ws-client-error.js';
import type { ItemSink, Source } from './source.js';

/** How many pushed items an iterator may be behind. */
const MAX_ITEMS = 1_000;
/** As many units of messages, too: bytes, or UTF-16 units of text. */
const MAX_LENGTH = 2 ** 24;

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

  /** `length` of the message with the item. */
  notify(type: Type, item: unknown, length: number): void {
    // A copy: listeners that are added by a listener are not called.
    for (const listener of Array.from(this.#byType.get(type) ?? [])) listener.notify(item, length);
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
  /** Takes it off the list. */
  readonly stop: () => void;
  /** The lengths of the messages whose items were not taken. */
  readonly #behind: number[] = [];
  #length = 0;

  constructor(sink: ItemSink<unknown>, stop: () => void) {
    this.#sink = sink;
    this.stop = stop;
  }

  notify(item: unknown, length: number): void {
    const count = this.#behind.length;
    if (count >= MAX_ITEMS || this.#length >= MAX_LENGTH) {
      this.stop();
      this.#sink.error(new WsClientError('SLOW_CONSUMER', `${count} items were not read`));
      return;
    }
    this.#behind.push(length);
    this.#length += length;
    this.#sink.next(item);
  }

  complete(): void {
    this.stop();
    this.#sink.complete();
  }

  took(): void {
    this.#length -= this.#behind.shift() as number;
  }
}
