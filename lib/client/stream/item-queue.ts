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
  #failure: { readonly error: Error } | undefined;

  constructor(onTaken: () => void) {
    this.#onTaken = onTaken;
  }

  next(item: T): void {
    if (this.#isEnded) return;
    const waiter = this.#waiters.shift();
    if (!waiter) return void this.#items.push(item);
    waiter.resolve({ done: false, value: item });
    this.#onTaken();
  }

  error(error: unknown): void {
    if (this.#isEnded) return;
    const waiter = this.#waiters.shift();
    if (waiter) waiter.reject(error);
    else this.#failure = { error: error as Error };
    this.complete();
  }

  complete(): void {
    this.#isEnded = true;
    for (const { resolve } of this.#waiters) resolve(DONE);
    this.#waiters = [];
  }

  /** The next item; after the last one the end, or the error. */
  take(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#items.length > 0) {
        const value = this.#items.shift() as T;
        // Before the promise is settled: what this throws would vanish.
        this.#onTaken();
        resolve({ done: false, value });
      } else if (this.#failure) {
        reject(this.#failure.error);
        this.#failure = undefined;
      } else if (this.#isEnded) resolve(DONE);
      else this.#waiters.push({ resolve, reject });
    });
  }

  /** The reader wants no more, not even what is here. */
  clear(): void {
    this.#items = [];
    this.#failure = undefined;
    this.complete();
  }
}
