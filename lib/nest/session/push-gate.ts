import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import { READY_STATE } from '../../socket/ready-state.js';
import type { PushOptions } from '../options/push-options.js';
import { MESSAGE_OVERHEAD } from './byte-account.js';
import { isBelowMark } from './is-below-mark.js';
import type { SessionPort } from './session-port.js';

/** A push as it leaves: encoded for one, or framed for many. */
export type EncodedPush = string | Uint8Array | PreparedMessage;

/** What a {@link PushGate} asks of the session. */
export interface PushGateOwner {
  /** So much was sent: bytes, or the characters of a text. */
  onSent(length: number): void;
  /** There is no room for a push: `flush` must be called when there is, unless there never is. */
  onPushWaiting(): void;
  /** The policy is `close`, and the client reads too slowly. */
  onPushOverrun(): void;
  /** The client does not get so many pushes. */
  onPushesDropped(count: number): void;
}

/** Sends pushes, and applies the push policy while the client does not read them. */
export class PushGate {
  readonly #port: SessionPort;
  readonly #options: Required<PushOptions>;
  readonly #owner: PushGateOwner;
  #waiting: Map<string, EncodedPush> | undefined = undefined;
  #heldBytes = 0;
  #droppedCount = 0;

  constructor(port: SessionPort, options: Required<PushOptions>, owner: PushGateOwner) {
    this.#port = port;
    this.#options = options;
    this.#owner = owner;
  }

  /** Pushes the client did not get. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  push(type: string, message: EncodedPush): void {
    if (this.#port.readyState !== READY_STATE.OPEN) this.#lose(1);
    else if (this.#port.shedsPushes) this.#shed(type, message);
    else if (this.#hasRoom) this.#pass(type, message);
    else this.#applyPolicy(type, message);
  }

  /** The connection has room: what waits goes out, and the rest of it when there is room again. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#port.readyState !== READY_STATE.OPEN) return;
    for (const [type, message] of waiting) {
      if (!this.#hasRoom) return this.#owner.onPushWaiting();
      waiting.delete(type);
      this.#grow(-sizeOf(message));
      this.#send(message);
    }
    this.#waiting = undefined;
  }

  /** Drops what waits. */
  close(): void {
    this.#lose(this.#waiting?.size ?? 0);
    this.#waiting = undefined;
    this.#grow(-this.#heldBytes);
  }

  get #hasRoom(): boolean {
    return isBelowMark(this.#port, this.#options.highWaterMark);
  }

  /** Sends a push. One of the same type that waits is older, and is dropped. */
  #pass(type: string, message: EncodedPush): void {
    this.#drop(type);
    this.#send(message);
  }

  #send(message: EncodedPush): void {
    if (isEncoded(message)) this.#port.send(message);
    else this.#port.sendPrepared(message);
    this.#owner.onSent(lengthOf(message));
  }

  #applyPolicy(type: string, message: EncodedPush): void {
    if (this.#options.policy === 'latest') return this.#replace(type, message);
    this.#lose(1);
    if (this.#options.policy === 'close') this.#owner.onPushOverrun();
    // Nothing waits here, but the client may have stopped reading for ever.
    else this.#owner.onPushWaiting();
  }

  /**
   * Memory is short: drops a push. With `latest`, if one of its type waits, it takes that one's
   * place.
   */
  #shed(type: string, message: EncodedPush): void {
    if (this.#waiting?.has(type) === true) return this.#replace(type, message);
    this.#lose(1);
  }

  /** Moves the type to the end, so that what waits stays in the order it was pushed in. */
  #replace(type: string, message: EncodedPush): void {
    this.#drop(type);
    this.#waiting ??= new Map();
    this.#waiting.set(type, message);
    this.#grow(sizeOf(message));
    for (const [oldest] of this.#waiting) {
      if (this.#heldBytes <= this.#options.maxHeld) break;
      this.#drop(oldest);
    }
    this.#owner.onPushWaiting();
  }

  #drop(type: string): void {
    const message = this.#waiting?.get(type);
    if (message === undefined) return;
    this.#waiting?.delete(type);
    this.#lose(1);
    this.#grow(-sizeOf(message));
  }

  #lose(count: number): void {
    this.#droppedCount += count;
    this.#owner.onPushesDropped(count);
  }

  #grow(difference: number): void {
    if (difference === 0) return;
    this.#heldBytes += difference;
    this.#port.addHeldBytes(difference);
  }
}

/** Its length in bytes or UTF-16 units, and what keeping it costs. */
function sizeOf(message: EncodedPush): number {
  return MESSAGE_OVERHEAD + lengthOf(message);
}

function lengthOf(message: EncodedPush): number {
  return isEncoded(message) ? message.length : message.frame.length;
}

function isEncoded(message: EncodedPush): message is string | Uint8Array {
  return typeof message === 'string' || message instanceof Uint8Array;
}
