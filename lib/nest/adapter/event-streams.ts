import type { Observable, Subscription } from 'rxjs';
import { Gauge } from '../session/gauge.js';
import { PulledEvents } from './pulled-events.js';

/** What {@link EventStreams} need of their connection. */
export interface EventStreamsOwner {
  deliver(value: unknown): void;
  /** Is there room on the connection? If not, `wake` is called when there is. */
  hasRoom(): boolean;
  /** One stream too many; it is not opened. */
  onOverflow(): void;
  onFailed(error: unknown): void;
}

/** The streams that handlers of one connection have given and that have not ended. */
export class EventStreams {
  /** How many there are. */
  readonly open = new Gauge();
  readonly #limit: number;
  readonly #owner: EventStreamsOwner;
  readonly #subscriptions = new Set<Subscription>();
  readonly #pulled = new Set<PulledEvents>();
  #isClosed = false;

  constructor(limit: number, owner: EventStreamsOwner) {
    this.#limit = limit;
    this.#owner = owner;
  }

  /** Sends every value of an Observable as it comes. */
  subscribe(source: Observable<unknown>): void {
    if (this.#isFull()) return;
    this.open.up();
    let subscription: Subscription | undefined;
    let hasEnded = false;
    const end = (): void => {
      hasEnded = true;
      if (subscription !== undefined) this.#subscriptions.delete(subscription);
      this.open.down();
    };
    subscription = source.subscribe({
      next: (value) => this.#owner.deliver(value),
      error: (error: unknown) => {
        this.#owner.onFailed(error);
        end();
      },
      complete: end,
    });
    // It may have closed the connection while it was being subscribed to.
    if (this.#isClosed) subscription.unsubscribe();
    else if (!hasEnded) this.#subscriptions.add(subscription);
  }

  /** Sends every item of an AsyncIterable, and takes the next one when there is room for it. */
  iterate(source: AsyncIterable<unknown>): void {
    if (this.#isFull()) return;
    this.open.up();
    const pulled = new PulledEvents(source, this.#owner, () => {
      this.#pulled.delete(pulled);
      this.open.down();
    });
    this.#pulled.add(pulled);
    void pulled.run();
  }

  /** There is room again. */
  wake(): void {
    for (const pulled of this.#pulled) pulled.wake();
  }

  /** Lets go of every source. */
  close(): void {
    this.#isClosed = true;
    this.open.abandon();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions.clear();
    for (const pulled of this.#pulled) pulled.stop();
  }

  #isFull(): boolean {
    if (this.open.value < this.#limit) return false;
    this.#owner.onOverflow();
    return true;
  }
}
