import { Gauge } from '../../session/gauge.js';
import type { ByteAccount } from '../../session/byte-account.js';
import { type ReadGate, STOP_READING } from '../../session/read-gate.js';
import type { ResolvedPathOptions } from '../adapter-options.js';

/**
 * The handlers of one connection that run. While there are too many, or their messages are too
 * large in sum, nothing is read.
 */
export class RunningCalls {
  /** How many there are. */
  readonly count = new Gauge();
  readonly #limits: Pick<ResolvedPathOptions, 'maxCallsInFlight' | 'maxCallBytes'>;
  readonly #holder: ByteAccount;
  readonly #gate: ReadGate;
  /** The sum of the sizes of their messages. */
  #bytes = 0;

  constructor(limits: ResolvedPathOptions, holder: ByteAccount, gate: ReadGate) {
    this.#limits = limits;
    this.#holder = holder;
    this.#gate = gate;
  }

  /** A handler runs, for a message of this size. */
  enter(size: number): void {
    this.count.up();
    this.#bytes += size;
    this.#holder.addHeldBytes(size);
    if (this.#isFull) this.#gate.stop(STOP_READING.CALLS);
  }

  /** It has settled. */
  leave(size: number): void {
    this.count.down();
    this.#bytes -= size;
    this.#holder.addHeldBytes(-size);
    if (!this.#isFull) this.#gate.allow(STOP_READING.CALLS);
  }

  get #isFull(): boolean {
    const { maxCallsInFlight, maxCallBytes } = this.#limits;
    return this.count.value >= maxCallsInFlight || this.#bytes >= maxCallBytes;
  }
}
