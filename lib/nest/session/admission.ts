import type { CallRequest, EventRequest } from '../../protocol/wsgate/read-client-message.js';
import type { Calls } from './calls/calls.js';
import { PendingMessages } from './pending-messages.js';
import { type ReadGate, STOP_READING } from './read-gate.js';
import type { SessionLimits } from './session-limits.js';
import type { SessionPort } from './session-port.js';
import type { SessionRecheck } from './session-recheck.js';

/** What an {@link Admission} needs of its session. */
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
  /** Checks again whether the client may stay; absent: it is never checked. */
  readonly recheck: SessionRecheck | undefined;
}

/** A call or event that may not start yet, and the size of its message. */
interface HeldRequest {
  readonly request: CallRequest | EventRequest;
  readonly size: number;
}

/**
 * Decides when a client's request may start. One request at a time is held, until there is a place
 * for it or until the client has been rechecked. What comes after it waits as well, so that the
 * order stays.
 */
export class Admission {
  readonly #setup: AdmissionSetup;
  readonly #pending: PendingMessages;
  #held: HeldRequest | undefined = undefined;
  /**
   * The first request waits for the open hooks or a recheck, not for a place. It then counts as in
   * flight, so that a drain waits for its outcome.
   */
  #isReserved = false;
  /**
   * How many of the waiting messages had arrived before the last recheck began: it covers them,
   * too.
   */
  #rechecked = 0;
  /** The message being handled is one of those. */
  #isRechecked = false;

  constructor(setup: AdmissionSetup) {
    const { maxPendingMessages, maxPendingBytes } = setup.limits;
    this.#setup = setup;
    this.#pending = new PendingMessages(maxPendingMessages, maxPendingBytes, setup.port);
  }

  /** A message that arrives now has to wait. */
  get isHolding(): boolean {
    return this.#held !== undefined;
  }

  /** Keeps a message until those before it have been handled, or the open hooks have finished. */
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
    const { context } = this.#setup.port;
    void recheck.check().then(() => context.run(() => this.#onRechecked()));
  }

  /** Called by the session: there may be a place for one more request. */
  onPlace(): void {
    const held = this.#held;
    const { owner, calls } = this.#setup;
    if (held === undefined || this.#isReserved || !owner.isOpen) return;
    if (calls.hasPlaceFor(held.size)) this.#setup.port.context.run(() => this.#startHeld(held));
  }

  /** The open hooks have finished. */
  open(): void {
    this.#release();
    this.#setup.port.context.run(() => this.#handlePending());
  }

  /** Drops what waits: the session is over. */
  clear(): void {
    this.#release();
    this.#takeHeld();
    this.#pending.clear();
  }

  #startHeld({ request, size }: HeldRequest): void {
    this.#takeHeld();
    this.#setup.calls.start(request, size);
    this.#handlePending();
  }

  /** Handles queued messages, until one of their requests has to be held. */
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
    this.#setup.port.addHeldBytes(size);
  }

  #takeHeld(): HeldRequest | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = undefined;
    this.#setup.port.addHeldBytes(-held.size);
    return held;
  }
}
