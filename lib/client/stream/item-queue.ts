import type { ItemSink } from './source.js';

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: Readonly<IteratorReturnResult<undefined>> = { done: true, value: undefined };

/** Items between the source that puts them and the reader who takes them. */
export class ItemQueue<T> implements ItemSink<T> {
  readonly #onTaken: () => void;
  #items: T[] = [];
  #waiters: Waiter<T>[] = [];
  #isEnded = false;
  /** The error the reader gets after the last item, once. */
  #failure: { readonly error: unknown } | undefined;

  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  next(item: T): void {
    if (this.#isEnded) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#items.push(item);
      return;
    }
    waiter.resolve({ done: false, value: item });
    this.#onTaken();
  }

  error(error: unknown): void {
    if (this.#isEnded) return;
    const [first, ...others] = this.#waiters;
    if (first === undefined) this.#failure = { error };
    else first.reject(error);
    this.#end(others);
  }

  complete(): void {
    if (!this.#isEnded) this.#end(this.#waiters);
  }

  /** The next item; after the last one the end, or the error. */
  take(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<T> = { resolve, reject };
      if (this.#items.length > 0) {
        const value = this.#items.shift() as T;
        // Before the promise is settled: what this throws would vanish.
        this.#onTaken();
        waiter.resolve({ done: false, value });
      } else if (this.#failure !== undefined) {
        waiter.reject(this.#failure.error);
        this.#failure = undefined;
      } else if (this.#isEnded) waiter.resolve(DONE);
      else this.#waiters.push(waiter);
    });
  }

  /** The reader wants no more, not even what is here. */
  clear(): void {
    this.#items = [];
    this.#failure = undefined;
    this.complete();
  }

  #end(waiters: readonly Waiter<T>[]): void {
    this.#isEnded = true;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve(DONE);
  }
}
