import type { ObservableInput } from 'rxjs';
import type { StreamOptions } from '../../options/stream-options.js';
import { type EncodedItem, OverflowBuffer, type OverflowBufferOwner } from './overflow-buffer.js';
import type { OutgoingStream, StreamEnding } from './outgoing-stream.js';
import { SourceSubscription } from '../../source/source-subscription.js';
import type { BufferedLink } from './stream-link.js';

/** How an {@link ObservableStream} begins, and who hears of its end. */
export interface ObservableStreamSetup {
  readonly options: Required<StreamOptions>;
  /** How many items are missing before the first. */
  readonly dropped: number;
  /** As that of {@link SourceSubscription}. */
  readonly onThrown: (error: unknown) => void;
}

/**
 * Sends an Observable to the client. An Observable cannot be paused, so values the client is
 * not ready for go through an {@link OverflowBuffer}.
 */
export class ObservableStream implements OutgoingStream, OverflowBufferOwner {
  readonly #source: ObservableInput<unknown>;
  readonly #subscription: SourceSubscription;
  readonly #buffer: OverflowBuffer;
  #link: BufferedLink | undefined;
  #ending: StreamEnding | undefined = undefined;
  #isFlushing = false;

  constructor(
    source: ObservableInput<unknown>,
    link: BufferedLink,
    { options, dropped, onThrown }: ObservableStreamSetup,
  ) {
    this.#source = source;
    this.#link = link;
    this.#subscription = new SourceSubscription(onThrown);
    this.#buffer = new OverflowBuffer(options, dropped, this);
  }

  encode(item: unknown, dropped: number): EncodedItem | undefined {
    return this.#link?.encode(item, dropped);
  }

  addHeldBytes(bytes: number): void {
    this.#link?.addHeldBytes(bytes);
  }

  start(): void {
    this.#subscription.start(this.#source, {
      next: (item) => this.#onNext(item),
      error: (error: unknown) => this.#onEnd({ kind: 'error', error }),
      complete: () => this.#onEnd({ kind: 'complete' }),
    });
  }

  wake(): void {
    if (this.#isFlushing || this.#link === undefined) return;
    this.#isFlushing = true;
    this.#flush();
    this.#isFlushing = false;
    if (this.#ending !== undefined && this.#buffer.size === 0) this.#end(this.#ending);
  }

  stop(): void {
    this.#buffer.clear();
    this.#link = undefined;
    this.#subscription.stop();
  }

  #onNext(item: unknown): void {
    const link = this.#link;
    if (link === undefined) return;
    if (this.#buffer.size === 0 && !this.#isFlushing && link.canSend()) {
      link.send(item, this.#buffer.takeGap());
    } else if (!this.#buffer.add(item)) {
      this.#end({ kind: 'overflow' });
    }
  }

  #onEnd(ending: StreamEnding): void {
    this.#ending = ending;
    this.wake();
  }

  #flush(): void {
    while (this.#buffer.size > 0) {
      // Whatever is sent may end the stream.
      const link = this.#link;
      if (link === undefined || !link.canSend()) return;
      const waiting = this.#buffer.take();
      if (waiting?.encoded !== undefined) link.sendEncoded(waiting.encoded);
      else if (waiting) link.send(waiting.item, waiting.dropped);
    }
  }

  #end(ending: StreamEnding): void {
    const link = this.#link;
    if (link === undefined) return;
    // What overflows is missing as well.
    const missing = this.#buffer.clear() + (ending.kind === 'overflow' ? 1 : 0);
    this.stop();
    link.ended(ending, missing);
  }
}
