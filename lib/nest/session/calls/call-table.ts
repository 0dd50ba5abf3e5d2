import type { MessageId } from '../../../protocol/wsgate/message-id.js';
import type { ByteAccount } from '../byte-account.js';
import type { Call } from './call.js';
import { Gauge } from '../gauge.js';
import type { SessionLimits } from '../session-limits.js';

/** What a {@link CallTable} needs of its session. */
export interface CallTableOwner extends ByteAccount {
  /** A handler has settled: there may be a place for one more. */
  onPlace(): void;
}

/**
 * The calls of one connection whose handlers run or wait for their turn, their number, and
 * the total size of their messages. A call that is cancelled or times out gives up its id at once,
 * but its place only when its handler settles: otherwise a client could exceed the limit by
 * cancelling.
 */
export class CallTable {
  /** Handlers that run or wait for their turn. */
  readonly running = new Gauge();
  readonly #limits: SessionLimits;
  readonly #owner: CallTableOwner;
  #runningBytes = 0;
  /** Made with the first call that is not answered at once: many connections are idle. */
  #calls: Map<MessageId | Call, Call> | undefined = undefined;

  constructor(limits: SessionLimits, owner: CallTableOwner) {
    this.#limits = limits;
    this.#owner = owner;
  }

  /** A copy, because what is done to a call may change the table. */
  get calls(): readonly Call[] {
    return [...(this.#calls?.values() ?? [])];
  }

  find(id: MessageId): Call | undefined {
    return this.#calls?.get(id);
  }

  /** May one more handler run, for a message of this size? If none runs, the size does not matter. */
  hasPlaceFor(size: number): boolean {
    const { value } = this.running;
    if (value === 0) return true;
    const { maxCallsInFlight, maxCallBytes } = this.#limits;
    return value < maxCallsInFlight && this.#runningBytes + size <= maxCallBytes;
  }

  /** The call takes a place, until `freePlace`. */
  takePlace(call: Call): void {
    this.running.up();
    this.#runningBytes += call.size;
  }

  /** The call is not answered at once: from now on it can be found, and its payload counts as held. */
  add(call: Call): void {
    (this.#calls ??= new Map()).set(call.key, call);
    if (call.isPayloadHeld) return;
    call.isPayloadHeld = true;
    this.#owner.addHeldBytes(call.size);
  }

  remove(call: Call): void {
    // After a cancel the id may belong to a new call already.
    if (this.#calls?.get(call.key) === call) this.#calls.delete(call.key);
    else this.#calls?.delete(call);
  }

  /**
   * Frees the id for another call; the call itself stays in the table until its handler settles.
   */
  giveUpId(call: Call): void {
    this.remove(call);
    (this.#calls ??= new Map()).set(call, call);
  }

  /** The call gives back its place, once. */
  freePlace(call: Call): void {
    if (!call.holdsPlace) return;
    call.holdsPlace = false;
    this.#runningBytes -= call.size;
    this.running.down();
    this.#owner.onPlace();
  }

  /** The call's payload is not kept any more. */
  dropPayload(call: Call): void {
    if (!call.isPayloadHeld) return;
    call.isPayloadHeld = false;
    this.#owner.addHeldBytes(-call.size);
  }
}
