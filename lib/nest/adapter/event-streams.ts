import type { ObservableInput } from 'rxjs';
import { Gauge } from '../session/gauge.js';
import { ObservedEvents, type ObservedEventsOwner } from './observed-events.js';
import { PulledEvents, type PulledEventsOwner } from './pulled-events.js';

/** What {@link EventStreams} need of their connection. */
export interface EventStreamsOwner extends ObservedEventsOwner, PulledEventsOwner {
  /** One stream too many; it is not opened. */
  onOverflow(): void;
  /** Nobody takes from this source. */
  onUnwanted(source: unknown): void;
}

/** The streams that handlers of one connection have given and that have not ended. */
export class EventStreams {
  /** How many there are. */
  readonly open = new Gauge();
  readonly #limit: number;
  readonly #owner: EventStreamsOwner;
  readonly #observed = new Set<ObservedEvents>();
  readonly #pulled = new Set<PulledEvents>();

  constructor(limit: number, owner: EventStreamsOwner) {
    this.#limit = limit;
    this.#owner = owner;
  }

  /** Sends every value of an Observable as it comes. */
  subscribe(source: ObservableInput<unknown>): void {
    if (this.#isFull()) return;
    this.open.up();
    const observed = new ObservedEvents(source, this.#owner, () => {
      this.#observed.delete(observed);
      this.open.down();
    });
    this.#observed.add(observed);
    observed.start();
  }

  /** Sends every item of an AsyncIterable, and takes the next one when there is room for it. */
  iterate(source: AsyncIterable<unknown>): void {
    if (this.#isFull()) return this.#owner.onUnwanted(source);
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

  /** Stops every stream. */
  close(): void {
    this.open.abandon();
    for (const observed of this.#observed) observed.stop();
    this.#observed.clear();
    for (const pulled of this.#pulled) pulled.stop();
  }

  #isFull(): boolean {
    if (this.open.value < this.#limit) return false;
    this.#owner.onOverflow();
    return true;
  }
}
