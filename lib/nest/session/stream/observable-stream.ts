import type { ObservableInput } from 'rxjs';
import type { Call } from '../calls/call.js';
import { reportTeardown } from '../calls/discard-result.js';
import { type EncodedItem, OverflowBuffer, type OverflowBufferOwner } from './overflow-buffer.js';
import type { OutgoingStream, StreamEnding } from './outgoing-stream.js';
import { SourceSubscription } from './source-subscription.js';
import type { StreamHost, StreamLink } from './stream-host.js';

/**
 * Sends an Observable to the client. An Observable cannot be paused, so values the client is
 * not ready for go through an {@link OverflowBuffer}.
 */
export class ObservableStream implements OutgoingStream, OverflowBufferOwner {
  readonly #source: ObservableInput<unknown>;
  readonly #subscription: SourceSubscription;
  readonly #buffer: OverflowBuffer;
  #link: StreamLink | undefined;
  #ending: StreamEnding | undefined = undefined;
  #isFlushing = false;

  constructor(source: ObservableInput<unknown>, call: Call, host: StreamHost) {
    this.#source = source;
    const { label } = call.handler;
    const { reporter } = host;
    this.#subscription = new SourceSubscription((error) => reportTeardown(error, label, reporter));
    this.#link = { call, host };
    this.#buffer = new OverflowBuffer(call.handler.stream, call.dropped, this);
    call.dropped = 0;
  }

  encode(item: unknown, dropped: number): EncodedItem | undefined {
    return this.#link?.host.encodeNext(this.#link.call, item, dropped);
  }

  addHeldBytes(bytes: number): void {
    this.#link?.host.addHeldBytes(bytes);
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
    if (this.#buffer.size === 0 && !this.#isFlushing && link.host.canSend(link.call)) {
      link.host.sendNext(link.call, item, this.#buffer.takeGap());
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
      if (link === undefined || !link.host.canSend(link.call)) return;
      const waiting = this.#buffer.take();
      if (waiting?.encoded !== undefined) link.host.sendEncoded(link.call, waiting.encoded);
      else if (waiting) link.host.sendNext(link.call, waiting.item, waiting.dropped);
    }
  }

  #end(ending: StreamEnding): void {
    const link = this.#link;
    if (link === undefined) return;
    // What overflows is missing as well.
    const missing = this.#buffer.clear() + (ending.kind === 'overflow' ? 1 : 0);
    this.stop();
    link.host.streamEnded(link.call, ending, missing);
  }
}
