import type { MessageId } from '../../protocol/wsgate/message-id.js';
import type { Call } from './call.js';
import { Gauge } from './gauge.js';

/**
 * The calls of one connection that are not over, and how many handlers run or wait for their turn.
 * A call that is cancelled leaves the table at once but keeps its place in the count until its
 * handler settles: cancelling must not buy a client more work at a time.
 */
export class CallTable {
  /** Handlers that run or wait for their turn. */
  readonly running = new Gauge();
  readonly #maxRunning: number;
  readonly #onPlace: () => void;
  /** Made with the first call that is not answered at once: idle connections are many. */
  #calls: Map<MessageId | Call, Call> | undefined = undefined;

  /** @param onPlace is called whenever a handler has settled */
  constructor(maxRunning: number, onPlace: () => void) {
    this.#maxRunning = maxRunning;
    this.#onPlace = onPlace;
  }

  get isFull(): boolean {
    return this.running.value >= this.#maxRunning;
  }

  /** A copy: what is done to a call may change the table. */
  get calls(): readonly Call[] {
    return [...(this.#calls?.values() ?? [])];
  }

  find(id: MessageId): Call | undefined {
    return this.#calls?.get(id);
  }

  add(call: Call): void {
    (this.#calls ??= new Map()).set(call.key, call);
  }

  remove(call: Call): void {
    // After a cancel the id may belong to a new call already.
    if (this.#calls?.get(call.key) === call) this.#calls.delete(call.key);
  }

  /** The call gives back its place in the count, once. */
  release(call: Call): void {
    if (!call.holdsSlot) return;
    call.holdsSlot = false;
    this.running.down();
    this.#onPlace();
  }
}
