import type { Observer } from 'rxjs';

type End = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

/** Keeps what an Observable emits until there is a consumer, and then passes everything on. */
export class BufferedObserver implements Observer<unknown> {
  readonly #onEnd: () => void;
  readonly #early: unknown[] = [];
  #consumer: Observer<unknown> | undefined;
  #end: End | undefined;

  /** @param onEnd called when the Observable ends and there is no consumer. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Whether it has ended with an error. */
  get hasFailed(): boolean {
    return this.#end?.failed === true;
  }

  next(value: unknown): void {
    if (this.#consumer) this.#consumer.next(value);
    else this.#early.push(value);
  }

  error(error: unknown): void {
    this.#finish({ failed: true, error });
  }

  complete(): void {
    this.#finish({ failed: false });
  }

  /** Gives the consumer everything emitted so far, and from now on each value as it comes. */
  attach(consumer: Observer<unknown>): void {
    this.#consumer = consumer;
    for (const value of this.#early.splice(0)) consumer.next(value);
    if (this.#end) pass(this.#end, consumer);
  }

  /**
   * The last value of an Observable that has ended.
   *
   * @throws what it ended with.
   */
  takeLast(): unknown {
    if (this.#end?.failed) throw this.#end.error;
    return this.#early.at(-1);
  }

  #finish(end: End): void {
    this.#end = end;
    if (this.#consumer) pass(end, this.#consumer);
    else this.#onEnd();
  }
}

function pass(end: End, consumer: Observer<unknown>): void {
  if (end.failed) consumer.error(end.error);
  else consumer.complete();
}
