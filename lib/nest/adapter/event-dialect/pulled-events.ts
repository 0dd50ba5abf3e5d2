import { assertStep } from '../../session/stream/assert-step.js';
import { destroySource } from '../../session/stream/destroy-source.js';
import { ITEMS_PER_TURN } from '../../session/stream/iterable-stream.js';

/** What {@link PulledEvents} need of their connection. */
export interface PulledEventsOwner {
  deliver(item: unknown): void;
  /** Is there room on the connection? If not, `wake` is called when there is. */
  hasRoom(): boolean;
  onFailed(error: unknown): void;
}

/** Sends the items of one AsyncIterable, pulled only as fast as the client reads. */
export class PulledEvents {
  readonly #source: AsyncIterable<unknown>;
  readonly #owner: PulledEventsOwner;
  readonly #onEnd: () => void;
  #iterator: AsyncIterator<unknown> | undefined = undefined;
  #wake: (() => void) | undefined = undefined;
  #isStopped = false;

  constructor(source: AsyncIterable<unknown>, owner: PulledEventsOwner, onEnd: () => void) {
    this.#source = source;
    this.#owner = owner;
    this.#onEnd = onEnd;
  }

  /** Runs until the source ends or `stop` is called. Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#pull();
    } catch (error) {
      if (!this.#isStopped) this.#owner.onFailed(error);
    }
    this.#onEnd();
  }

  wake(): void {
    this.#wake?.();
  }

  /** Disposes of the source. A failure of that is ignored, since its client is gone. */
  stop(): void {
    this.#isStopped = true;
    this.wake();
    void this.#return().catch(() => undefined);
  }

  async #pull(): Promise<void> {
    const iterator = this.#source[Symbol.asyncIterator]();
    this.#iterator = iterator;
    for (let taken = 1; !this.#isStopped; taken++) {
      const step = await iterator.next();
      assertStep(step);
      const { done, value } = step;
      if (done === true || this.#isStopped) return;
      this.#owner.deliver(value);
      // A source that always has an item would block the event loop for ever if nothing slows it down:
      // once its client is gone, or where the items are nothing to send.
      if (taken % ITEMS_PER_TURN === 0) await untilNextTurn();
      while (!this.#isStopped && !this.#owner.hasRoom()) await this.#untilAwake();
    }
  }

  #untilAwake(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async #return(): Promise<void> {
    await Promise.all([destroySource(this.#source), this.#iterator?.return?.()]);
  }
}

function untilNextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
