import type { ObservableInput } from 'rxjs';
import { Gauge } from '../../session/gauge.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { IterableStream, type PulledSource } from '../../session/stream/iterable-stream.js';
import type { StreamEnding } from '../../session/stream/outgoing-stream.js';
import { reportTeardown } from '../../session/stream/report-teardown.js';
import { SourceSubscription } from '../../source/source-subscription.js';

/** What {@link EventStreams} need of their connection. */
export interface EventStreamsOwner {
  readonly reporter: ConnectionReporter;
  /** Sends an item of a stream. Must not throw. */
  deliver(item: unknown): void;
  /** Is there room on the connection? If not, `wake` is called when there is. */
  hasRoom(): boolean;
  /** A source failed. */
  onFailed(error: unknown): void;
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
  readonly #pulled = new Set<IterableStream>();

  constructor(limit: number, owner: EventStreamsOwner) {
    this.#limit = limit;
    this.#owner = owner;
  }

  /** Sends every value of an Observable as it comes. */
  subscribe(source: ObservableInput<unknown>): void {
    if (this.#isFull()) return;
    const subscription = new SourceSubscription(this.#reportThrown());
    const end = (ending: StreamEnding): void =>
      this.#end(this.#subscriptions, subscription, ending);
    this.#begin(this.#subscriptions, subscription);
    subscription.start(source, {
      next: (item) => this.#owner.deliver(item),
      error: (error: unknown) => end({ kind: 'error', error }),
      complete: () => end({ kind: 'complete' }),
    });
  }

  /** Sends every item of what is pulled, and takes the next one when there is room for it. */
  iterate(source: PulledSource): void {
    if (this.#isFull()) return this.#owner.onUnwanted(source);
    const link = {
      canSend: () => this.#owner.hasRoom(),
      send: (item: unknown) => this.#owner.deliver(item),
      ended: (ending: StreamEnding) => this.#end(this.#pulled, stream, ending),
    };
    const stream = new IterableStream(source, link, this.#reportThrown());
    this.#begin(this.#pulled, stream);
    stream.start();
  }

  /** There is room again. */
  wake(): void {
    for (const stream of this.#pulled) stream.wake();
  }

  /** Stops every stream. */
  close(): void {
    this.open.abandon();
    for (const stream of [...this.#subscriptions, ...this.#pulled]) stream.stop();
    this.#subscriptions.clear();
    this.#pulled.clear();
  }

  #isFull(): boolean {
    if (this.open.value < this.#limit) return false;
    this.#owner.onOverflow();
    return true;
  }

  #begin<Stream>(streams: Set<Stream>, stream: Stream): void {
    streams.add(stream);
    this.open.up();
  }

  #end<Stream>(streams: Set<Stream>, stream: Stream, ending: StreamEnding): void {
    if (ending.kind === 'error') this.#owner.onFailed(ending.error);
    streams.delete(stream);
    this.open.down();
  }

  /** Logs what a source throws when it is disposed of. Refers to nothing else: a source may keep it. */
  #reportThrown(): (error: unknown) => void {
    const { reporter } = this.#owner;
    return (error) => reportTeardown(error, 'a stream', reporter);
  }
}
