import type { ObservableInput } from 'rxjs';
import { reportTeardown } from '../../session/stream/report-teardown.js';
import { Gauge } from '../../session/gauge.js';
import type { ConnectionReporter } from '../../session/session-reporter.js';
import { SourceSubscription } from '../../session/stream/source-subscription.js';
import { PulledEvents, type PulledEventsOwner } from './pulled-events.js';

/** What {@link EventStreams} need of their connection. */
export interface EventStreamsOwner extends PulledEventsOwner {
  readonly reporter: ConnectionReporter;
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
  readonly #subscriptions = new Set<SourceSubscription>();
  readonly #pulled = new Set<PulledEvents>();

  constructor(limit: number, owner: EventStreamsOwner) {
    this.#limit = limit;
    this.#owner = owner;
  }

  /** Sends every value of an Observable as it comes. */
  subscribe(source: ObservableInput<unknown>): void {
    if (this.#isFull()) return;
    this.open.up();
    const { reporter } = this.#owner;
    const subscription = new SourceSubscription((error) => {
      reportTeardown(error, 'a stream', reporter);
    });
    const end = (): void => {
      this.#subscriptions.delete(subscription);
      this.open.down();
    };
    this.#subscriptions.add(subscription);
    subscription.start(source, {
      next: (item) => this.#owner.deliver(item),
      error: (error: unknown) => {
        this.#owner.onFailed(error);
        end();
      },
      complete: end,
    });
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
    for (const subscription of this.#subscriptions) subscription.stop();
    this.#subscriptions.clear();
    for (const pulled of this.#pulled) pulled.stop();
  }

  #isFull(): boolean {
    if (this.open.value < this.#limit) return false;
    this.#owner.onOverflow();
    return true;
  }
}
