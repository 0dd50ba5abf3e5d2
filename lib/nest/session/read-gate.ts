import type { SessionPort } from './session-port.js';

/** Reasons for a session not to read. Bits, since several may hold at once. */
export const STOP_READING = {
  /** As much as may wait for `onWsOpen` does. */
  PENDING: 1,
  /** A call has to wait, because as many as may be in flight are. */
  CALLS: 2,
  /** The client does not read what it is sent. */
  OUTPUT: 4,
  /** The connection is being drained. */
  DRAIN: 8,
} as const;

/** One of {@link STOP_READING}. */
export type StopReason = (typeof STOP_READING)[keyof typeof STOP_READING];

/** Pauses reading as long as there is a reason to. */
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

  /**
   * Resumes reading for ever: a connection that is closing must be read, or the peer's Close frame
   * would never be seen.
   */
  release(): void {
    this.#isReleased = true;
    if (this.#reasons === 0) return;
    this.#reasons = 0;
    this.#port.resume();
  }
}
