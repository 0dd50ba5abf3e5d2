import { Observable, type Subscription, tap } from 'rxjs';
import { WsException } from '../errors/ws-exception.js';
import { BufferedObserver } from '../pipeline/buffered-observer.js';
import type { CallContext } from '../pipeline/compiled-handler.js';

/** How many values of one turn are kept until there is a consumer. */
const MAX_HELD = 4_096;

/**
 * Finds out what an Observable stands for. Interceptors make one of whatever a handler returns, and
 * Nest does not tell what it was: one that gives one value and completes in the same turn was a
 * value. All others are streams, and so is what a client has given credit for.
 *
 * @returns the value, or an Observable to be subscribed to once; or a promise of either, which
 *   rejects with what the source failed with before its first value
 */
export function oneValueOrStream(source: Observable<unknown>, call: CallContext): unknown {
  const mayBeStream = call.id !== undefined && call.credit !== Infinity;
  return mayBeStream ? source : new UndecidedSource(source, call).decided;
}

/** A source that was subscribed to before it is known what it is. */
class UndecidedSource {
  readonly decided: Promise<unknown>;
  readonly #isEvent: boolean;
  readonly #values = new BufferedObserver(() => this.#decide());
  readonly #subscription: Subscription;
  #resolve: (outcome: unknown) => void = () => undefined;
  #isDecided = false;
  #hasConsumer = false;
  #count = 0;

  constructor(source: Observable<unknown>, { id, signal }: CallContext) {
    this.#isEvent = id === undefined;
    this.decided = new Promise((resolve) => (this.#resolve = resolve));
    this.#subscription = source.pipe(tap(() => this.#onValue())).subscribe(this.#values);
    const abort = (): void => this.#abort();
    this.#subscription.add(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else if (!this.#subscription.closed) signal.addEventListener('abort', abort, { once: true });
  }

  #onValue(): void {
    if (this.#hasConsumer) return;
    this.#count += 1;
    if (this.#count === 1) queueMicrotask(() => this.#decide());
    if (this.#count > MAX_HELD) throw new WsException('OVERFLOW', 'Too many items at once');
  }

  /** When there has been time to complete after the first value, or at the end. */
  #decide(): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    const { hasEnded, hasFailed } = this.#values;
    const isValue = hasEnded && this.#count === (hasFailed ? 0 : 1);
    this.#resolve(isValue ? this.#takeValue() : this.#toStream());
  }

  async #takeValue(): Promise<unknown> {
    return this.#values.takeLast();
  }

  /** That of an event has nowhere to go: it is refused, and must not go on. */
  #toStream(): Observable<unknown> {
    if (this.#isEvent) this.#subscription.unsubscribe();
    return new Observable((consumer) => {
      this.#hasConsumer = true;
      this.#values.attach(consumer);
      return this.#subscription;
    });
  }

  #abort(): void {
    this.#subscription.unsubscribe();
    this.#resolve(undefined);
  }
}
