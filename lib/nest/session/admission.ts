import type { CallRequest, EventRequest } from '../../protocol/wsgate/read-client-message.js';
import type { Calls } from './calls.js';
import { PendingMessages } from './pending-messages.js';
import { type ReadGate, STOP_READING } from './read-gate.js';
import type { SessionLimits } from './session-limits.js';
import type { SessionPort } from './session-port.js';
import type { SessionRecheck } from './session-recheck.js';

/** What an {@link Admission} asks its session, and tells it. */
export interface AdmissionOwner {
  /** Messages may be handled. */
  readonly isOpen: boolean;
  /** It is this message's turn. */
  handle(data: string | Uint8Array, isBinary: boolean): void;
}

/** What an {@link Admission} is made of. */
export interface AdmissionSetup {
  readonly owner: AdmissionOwner;
  readonly port: SessionPort;
  readonly gate: ReadGate;
  readonly calls: Calls;
  readonly limits: SessionLimits;
  /** Checks the client again while it is there; absent: nobody does. */
  readonly recheck: SessionRecheck | undefined;
}

/** A call or event that may not start yet, and what its message measures. */
interface HeldRequest {
  readonly request: CallRequest | EventRequest;
  readonly size: number;
}

/**
 * Says when what a client asks for may start. One request at a time is held, for a place or for a
 * recheck of the client; what comes after it waits behind it, so that the order stays.
 */
export class Admission {
  readonly #setup: AdmissionSetup;
  readonly #pending: PendingMessages;
  #held: HeldRequest | undefined = undefined;
  /**
   * What is first in line waits for no place, but for the open hooks or for a recheck. It counts as
   * in flight then, so that a drain waits for its outcome.
   */
  #isReserved = false;
  /** How many of the messages that wait came before the last recheck began, which was theirs too. */
  #rechecked = 0;
  /** What is handled now was one of them. */
  #isRechecked = false;

  constructor(setup: AdmissionSetup) {
    const { maxPendingMessages, maxPendingBytes } = setup.limits;
    this.#setup = setup;
    this.#pending = new PendingMessages(maxPendingMessages, maxPendingBytes, setup.port);
  }

  /** A message that comes now has to wait. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Keeps a message until those before it have been handled, or the open hooks are through. */
  queue(data: string | Uint8Array, isBinary: boolean): void {
    if (!this.isHolding) this.#reserve();
    this.#pending.add(data, isBinary);
    if (this.#pending.isFull) this.#setup.gate.stop(STOP_READING.PENDING);
  }

  /** Starts a request, or holds it until it may start. */
  admit(request: CallRequest | EventRequest, size: number): void {
    const { recheck } = this.#setup;
    if (recheck === undefined || this.#isRechecked || !recheck.covers(request.type)) {
      return this.#place(request, size);
    }
    this.#hold(request, size);
    this.#reserve();
    this.#rechecked = this.#pending.count;
    void recheck.check().then(() => this.#onRechecked());
  }

  /** There may be a place for one more. */
  onPlace(): void {
    const held = this.#held;
    const { owner, calls } = this.#setup;
    if (held === undefined || this.#isReserved || !owner.isOpen) return;
    if (!calls.hasPlaceFor(held.size)) return;
    this.#takeHeld();
    calls.start(held.request, held.size);
    this.#handlePending();
  }

  /** The open hooks are through. */
  open(): void {
    this.#release();
    this.#handlePending();
  }

  /** Drops what waits: the session is over. */
  clear(): void {
    this.#release();
    this.#takeHeld();
    this.#pending.clear();
  }

  /** Handles what has been queued, as far as it may start. */
  #handlePending(): void {
    const { owner, gate } = this.#setup;
    while (owner.isOpen && this.#held === undefined) {
      const message = this.#pending.take();
      if (message === undefined) break;
      this.#isRechecked = this.#rechecked > 0;
      if (this.#isRechecked) this.#rechecked -= 1;
      owner.handle(message.data, message.isBinary);
    }
    this.#isRechecked = false;
    if (this.#held !== undefined) return;
    gate.allow(STOP_READING.CALLS);
    gate.allow(STOP_READING.PENDING);
  }

  #onRechecked(): void {
    const { owner } = this.#setup;
    this.#release();
    const held = this.#takeHeld();
    if (held === undefined || !owner.isOpen) return;
    this.#place(held.request, held.size);
    this.#handlePending();
  }

  #place(request: CallRequest | EventRequest, size: number): void {
    const { calls, gate } = this.#setup;
    if (calls.hasPlaceFor(size)) return calls.start(request, size);
    this.#hold(request, size);
    gate.stop(STOP_READING.CALLS);
  }

  #reserve(): void {
    if (this.#isReserved) return;
    this.#isReserved = true;
    this.#setup.calls.reserve();
  }

  #release(): void {
    if (!this.#isReserved) return;
    this.#isReserved = false;
    this.#setup.calls.release();
  }

  #hold(request: CallRequest | EventRequest, size: number): void {
    this.#held = { request, size };
    this.#setup.port.hold(size);
  }

  #takeHeld(): HeldRequest | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = undefined;
    this.#setup.port.hold(-held.size);
    return held;
  }
}
