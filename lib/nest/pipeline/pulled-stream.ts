import { Observable, type Observer, type Subscriber } from 'rxjs';
import { bindAsyncScope } from './async-scope.js';

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * An AsyncIterable on its way through interceptors, which only know Observables. At the near end
 * it is an Observable that takes the next value from the source when the far end has a reader
 * waiting; at the far end it is an iterator again. So the source is pulled no faster than the
 * client reads, interceptors or not. One reader at a time.
 */
export class PulledStream implements AsyncIterableIterator<unknown> {
  /** Takes what comes out of the interceptors. */
  readonly receiver: Observer<unknown> = {
    next: (value) => this.accept(value),
    error: (error: unknown) => this.finish(({ reject }) => reject(error)),
    complete: () => this.finish(({ resolve }) => resolve({ done: true, value: undefined })),
  };
  private readonly ready: unknown[] = [];
  private end: ((reader: Reader) => void) | undefined;
  private reader: Reader | undefined;
  private wakeSource: (() => void) | undefined;

  /** @param stop unsubscribes {@link receiver}. */
  constructor(private readonly stop: () => void) {}

  /** The near end. Call it in the async context that the source is to run in. */
  observe(source: AsyncIterable<unknown>): Observable<unknown> {
    const pump = bindAsyncScope(
      (values: AsyncIterator<unknown>, out: Subscriber<unknown>) => void this.pump(values, out),
    );
    return new Observable((out) => {
      const values = source[Symbol.asyncIterator]();
      pump(values, out);
      return () => {
        this.wakeSource?.();
        void closeQuietly(values);
      };
    });
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.ready.length > 0) return Promise.resolve({ done: false, value: this.ready.shift() });
    return new Promise((resolve, reject) => {
      this.reader = { resolve, reject };
      if (this.end) this.end(this.reader);
      else this.wakeSource?.();
    });
  }

  return(): Promise<IteratorResult<unknown>> {
    this.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private accept(value: unknown): void {
    const { reader } = this;
    this.reader = undefined;
    if (reader) reader.resolve({ done: false, value });
    else this.ready.push(value);
  }

  private finish(end: (reader: Reader) => void): void {
    this.end = end;
    if (this.reader) end(this.reader);
  }

  private async pump(values: AsyncIterator<unknown>, out: Subscriber<unknown>): Promise<void> {
    try {
      while (!out.closed) {
        await this.readerWaiting();
        if (out.closed) return;
        const { done, value } = await values.next();
        if (done) out.complete();
        else out.next(value);
      }
    } catch (error) {
      out.error(error);
    }
  }

  private readerWaiting(): Promise<void> | undefined {
    if (this.reader) return undefined;
    return new Promise((resolve) => {
      this.wakeSource = resolve;
    });
  }
}

/** Lets the source clean up; nobody is left to hear how that went. */
async function closeQuietly(values: AsyncIterator<unknown>): Promise<void> {
  try {
    await values.return?.();
  } catch {
    // The stream has ended already, so this failure has no one to go to.
  }
}
