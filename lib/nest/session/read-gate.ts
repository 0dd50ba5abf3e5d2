import type { SessionPort } from './session-port.js';

/** Why a session does not read: bits, since several may hold at once. */
export const STOP_READING = {
  /** Too much waits for `onWsOpen`. */
  PENDING: 1,
  /** A call beyond the calls in flight. */
  CALLS: 2,
  /** The client does not read what it is sent. */
  OUTPUT: 4,
  /** The connection is being drained. */
  DRAIN: 8,
} as const;

/** One of {@link STOP_READING}. */
export type StopReason = (typeof STOP_READING)[keyof typeof STOP_READING];

/** Reads while there is no reason not to. */
export class ReadGate {
  readonly #port: SessionPort;
  #reasons = 0;
  #isReleased = false;

  constructor(port: SessionPort) {
    this.#port = port;
  }

  /** Stops reading for one more reason. */
  stop(reason: StopReason): void {
    if (this.#isReleased) return;
    if (this.#reasons === 0) this.#port.pause();
    this.#reasons |= reason;
  }

  /** One reason fewer; with the last one reading goes on. */
  allow(reason: StopReason): void {
    if ((this.#reasons & reason) === 0) return;
    this.#reasons &= ~reason;
    if (this.#reasons === 0) this.#port.resume();
  }

  /** Reads on, for good: a closing connection must be read, or the peer's Close is never seen. */
  release(): void {
    this.#isReleased = true;
    if (this.#reasons === 0) return;
    this.#reasons = 0;
    this.#port.resume();
  }
}
