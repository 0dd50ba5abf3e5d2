import type { Endpoint } from '../protocol/endpoint.js';
import type { PreparedMessage } from '../protocol/message/prepared-message.js';
import type { Pushing, PushQueue, PushRow } from './push-queue.js';
import type { Transport } from './transport/transport.js';

/** Called once the bytes have been handed to the transport, or with the reason why they were not. */
export type SendCallback = (error?: Error | null) => void;

/** How a push is sent that was found fit to leave as it was framed. */
const AS_FRAMED = Object.freeze({ compress: false });

/**
 * A connection that keeps up is written to before so many bytes of several pushes wait for it: it
 * would be taken for a slow one, and a longer row saves no more writes.
 */
const MOST_PUSHED = 64 * 1024;

/** The connection whose output it is. */
export interface OutputOwner {
  /** What waits may be more or less than before. */
  onOutputMoved(): void;
  /** All that was sent has reached the kernel, at once. */
  onFlushed(): void;
}

/**
 * What a connection has to send, and when: everything sent during one chunk or one tick leaves in
 * one write, pushes at the end of the turn, and while the transport is behind, output waits here.
 */
export class ConnectionOutput implements Pushing {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #owner: OutputOwner;
  /** The transport did not take the last write at once, and may hold on to its bytes. */
  #isBehind = false;
  /** The owner is handing out messages, and flushes when it is through. */
  #isHeldBack = false;
  #isFlushDue = false;
  #isPushDue = false;
  /** Bytes the transport was given so far. */
  #written = 0;
  /** Pushes that wait for the end of the turn; whatever else is sent goes behind them. */
  #pushes: PushRow | undefined;
  #callbacks: SendCallback[] | undefined;

  constructor(endpoint: Endpoint, transport: Transport, owner: OutputOwner) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#owner = owner;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Bytes that were sent and have not reached the kernel. */
  get byteLength(): number {
    const pushed = this.#pushes === undefined ? 0 : this.#pushes.byteLength;
    return pushed + this.#endpoint.pendingOutput + this.#transport.pendingBytes;
  }

  /** Bytes that have reached the kernel so far. */
  get sentBytes(): number {
    return this.#written - this.#transport.pendingBytes;
  }

  /** Between {@link holdBack} and {@link release}. */
  get isHeldBack(): boolean {
    return this.#isHeldBack;
  }

  /** What the endpoint is given from here on is flushed by {@link release}, in one write. */
  holdBack(): void {
    this.#isHeldBack = true;
  }

  release(): void {
    this.#isHeldBack = false;
    this.flush();
  }

  /** The endpoint was given something to send. `callback` is called for the write that takes it. */
  flushSoon(callback?: SendCallback): void {
    if (callback !== undefined) (this.#callbacks ??= []).push(callback);
    if (this.#isFlushComing) return;
    this.#isFlushDue = true;
    // nextTick, because what promise callbacks send in this turn is then still in the same write.
    process.nextTick(() => this.flush());
  }

  /** Sends a message that was framed beforehand at the end of the turn, with those that come until then. */
  push(message: PreparedMessage, options: { readonly compress?: boolean }, queue: PushQueue): void {
    if (this.#isFlushComing || !this.#endpoint.canShare(message, options)) {
      this.settlePushes();
      this.#endpoint.sendPrepared(message, options);
    } else {
      const waiting = this.#pushes?.byteLength ?? 0;
      if (waiting > 0 && waiting + message.frame.length > MOST_PUSHED) this.#writeAll();
      this.#pushes = this.#pushes?.with(message) ?? queue.begin(message);
    }
    if (this.#isFlushComing || this.#isPushDue) return;
    this.#isPushDue = true;
    queue.add(this);
  }

  /** Called by the push queue. */
  writePushes(): void {
    this.#isPushDue = false;
    this.flush();
  }

  /** Puts pushes that wait into line with what the endpoint is given next. */
  settlePushes(): void {
    const pushes = this.#pushes;
    if (pushes === undefined) return;
    this.#pushes = undefined;
    for (const message of pushes.messages) this.#endpoint.sendPrepared(message, AS_FRAMED);
  }

  /** Writes all there is, unless the transport is behind. */
  flush(): void {
    if (this.#writeAll()) this.#owner.onFlushed();
  }

  /** The transport has written; true where that was what output waited for. */
  catchUp(): boolean {
    if (!this.#isBehind || this.#transport.pendingBytes > 0) return false;
    this.#isBehind = false;
    this.#endpoint.releaseOutput();
    this.#writeAll();
    return true;
  }

  /** The transport is gone, and with it whoever held on to bytes. */
  close(): void {
    this.#isBehind = false;
    this.#discard();
  }

  /**
   * Drops what waits; its callbacks are told. What the transport is still writing is let go of when
   * it has: other connections write into memory that was released, and this peer would read it.
   */
  #discard(): void {
    this.#pushes = undefined;
    this.#endpoint.takeOutput();
    if (!this.#isBehind) this.#endpoint.releaseOutput();
    this.#takeCallbacks()?.(new Error('the connection is closed'));
  }

  get #isFlushComing(): boolean {
    return this.#isHeldBack || this.#isFlushDue;
  }

  /** Answers true if there was something to write, and the transport took all of it at once. */
  #writeAll(): boolean {
    this.#isFlushDue = false;
    const hasWritten = this.#writePushesAlone() || this.#writeOutput();
    this.#owner.onOutputMoved();
    return hasWritten && !this.#isBehind;
  }

  /** Pushes alone, the most there is of a broadcast, go past the endpoint: of 8 broadcasts in a turn a delivery took 2.9 us through it. */
  #writePushesAlone(): boolean {
    const pushes = this.#pushes;
    const isAlone = pushes !== undefined && !this.#isBehind && this.#endpoint.pendingOutput === 0;
    if (!isAlone || !this.#transport.stream.writable) return false;
    this.#pushes = undefined;
    this.#written += pushes.byteLength;
    this.#transport.write(pushes.parts);
    this.#isBehind = this.#transport.pendingBytes > 0;
    return true;
  }

  #writeOutput(): boolean {
    this.settlePushes();
    if (this.#endpoint.pendingOutput === 0) return false;
    const { writable } = this.#transport.stream;
    if (!writable) this.#discard();
    else if (!this.#isBehind) this.#write();
    return writable;
  }

  #write(): void {
    this.#written += this.#endpoint.pendingOutput;
    this.#transport.write(this.#endpoint.takeOutput(), this.#takeCallbacks());
    this.#isBehind = this.#transport.pendingBytes > 0;
    if (!this.#isBehind) this.#endpoint.releaseOutput();
  }

  /** One callback for all that the next write takes. */
  #takeCallbacks(): SendCallback | undefined {
    const callbacks = this.#callbacks;
    if (callbacks === undefined) return undefined;
    this.#callbacks = undefined;
    return (error) => {
      for (const callback of callbacks) callback(error);
    };
  }
}
