import { AsyncResource } from 'node:async_hooks';
import type { Endpoint } from '../protocol/endpoint.js';
import type { PreparedMessage } from '../protocol/message/prepared-message.js';
import { SERVER_SLAB_SIZE } from '../protocol/workspace.js';
import type { PushTarget, PushQueue, PushBatch } from './push-queue.js';
import type { Transport } from './transport/transport.js';

/** Called when the bytes have been handed to the transport, or with an error if they were not. */
export type SendCallback = (error?: Error | null) => void;

/** For pushes that have been found fit to be sent as they were framed. */
const AS_FRAMED = Object.freeze({ compress: false });

/**
 * Once the pushes that wait for a connection exceed this many bytes, they are written. Larger
 * batches would save no more writes, and would make a client that reads look like a slow one.
 */
const MAX_WAITING_PUSH_BYTES = 64 * 1024;

/**
 * What is known of a write that the kernel did not take at once: nothing yet, that it will be looked
 * at again in the next turn, or that it was under way even then.
 */
type Delay = 'new' | 'watched' | 'lasting';

/** The connection that a {@link ConnectionOutput} belongs to. */
export interface OutputOwner {
  /** The number of bytes that wait may have changed. */
  onOutputMoved(): void;
  /** Everything sent has reached the kernel, without a wait. */
  onFlushed(): void;
}

/**
 * What a connection has to send, and when it is written. Everything sent during one chunk or one
 * tick leaves in one write, pushes at the end of the turn of the event loop. While the transport is
 * behind, output waits here.
 */
export class ConnectionOutput implements PushTarget {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #owner: OutputOwner;
  /** The kernel did not take all of the last write at once: the transport still uses its bytes. */
  #delay: Delay | undefined = undefined;
  /** The owner is delivering messages, and flushes when it is done. */
  #isHeldBack = false;
  #isFlushDue = false;
  #isPushDue = false;
  /** All bytes given to the transport so far. */
  #written = 0;
  /**
   * Pushes that wait for the end of the turn. Before anything else is sent they go to the endpoint,
   * so that the order stays.
   */
  #pushes: PushBatch | undefined;
  #callbacks: SendCallback[] | undefined;

  constructor(endpoint: Endpoint, transport: Transport, owner: OutputOwner) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#owner = owner;
  }

  get isBehind(): boolean {
    return this.#delay !== undefined;
  }

  /**
   * Whether it is behind because the peer does not read. Where every write is late, only the next
   * turn can tell: the first time this is asked of a write, the answer is no.
   */
  isHeldUp(): boolean {
    if (!this.#transport.reportsLate) return this.isBehind;
    if (this.#delay === 'new') this.#lookAgain();
    return this.#delay === 'lasting';
  }

  /** Bytes that were sent and have not reached the kernel. */
  get byteLength(): number {
    const pushed = this.#pushes === undefined ? 0 : this.#pushes.byteLength;
    return pushed + this.#endpoint.pendingOutput + this.#transport.pendingBytes;
  }

  /** Memory that takes: what the endpoint has to send is in a slab, most of which may be empty. */
  get heldBytes(): number {
    return this.byteLength + (this.#endpoint.holdsOutput ? SERVER_SLAB_SIZE : 0);
  }

  /** Bytes that have reached the kernel so far. */
  get sentBytes(): number {
    return this.#written - this.#transport.pendingBytes;
  }

  /** Between {@link holdBack} and {@link release}. */
  get isHeldBack(): boolean {
    return this.#isHeldBack;
  }

  /** What is sent from here on is written by {@link release}, in one write. */
  holdBack(): void {
    this.#isHeldBack = true;
  }

  release(): void {
    this.#isHeldBack = false;
    this.flush();
  }

  /**
   * The endpoint was given something to send: it is written at the end of the tick. `callback` is
   * called for the write that takes it.
   */
  flushSoon(callback?: SendCallback): void {
    if (callback !== undefined) (this.#callbacks ??= []).push(bindToSender(callback));
    if (this.#isFlushComing) return;
    this.#isFlushDue = true;
    // nextTick runs after promise callbacks: what those send is still in the same write.
    process.nextTick(() => this.flush());
  }

  /**
   * Sends a prepared message at the end of the turn, together with those that are pushed until
   * then.
   */
  sendAtEndOfTurn(
    message: PreparedMessage,
    options: { readonly compress?: boolean },
    queue: PushQueue,
  ): void {
    if (this.#isFlushComing || !this.#endpoint.canShare(message, options)) {
      this.sendWaitingPushes();
      this.#endpoint.sendPrepared(message, options);
    } else {
      const waiting = this.#pushes?.byteLength ?? 0;
      if (waiting > 0 && waiting + message.frame.length > MAX_WAITING_PUSH_BYTES) this.#writeAll();
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

  /**
   * Hands the pushes that wait to the endpoint, so that whatever it is given next comes behind
   * them.
   */
  sendWaitingPushes(): void {
    const pushes = this.#pushes;
    if (pushes === undefined) return;
    this.#pushes = undefined;
    for (const message of pushes.messages) this.#endpoint.sendPrepared(message, AS_FRAMED);
  }

  /** Writes all there is, unless the transport is behind. */
  flush(): void {
    if (this.#writeAll()) this.#owner.onFlushed();
  }

  /** The transport has written everything. True if output had waited for that. */
  catchUp(): boolean {
    if (!this.isBehind || this.#transport.pendingBytes > 0) return false;
    this.#delay = undefined;
    this.#endpoint.releaseOutput();
    this.#writeAll();
    return true;
  }

  /** The transport is closed and uses no bytes any more. */
  close(): void {
    this.#delay = undefined;
    this.#discard();
  }

  /**
   * Drops what waits; its callbacks get an error. Bytes the transport is still writing are not
   * released yet: their memory would be reused for other connections, and this peer would read it.
   */
  #discard(): void {
    this.#pushes = undefined;
    this.#endpoint.takeOutput();
    if (!this.isBehind) this.#endpoint.releaseOutput();
    this.#takeCallbacks()?.(new Error('the connection is closed'));
  }

  get #isFlushComing(): boolean {
    return this.#isHeldBack || this.#isFlushDue;
  }

  /** Returns true if something was written, and the kernel took all of it at once. */
  #writeAll(): boolean {
    this.#isFlushDue = false;
    const hasWritten = this.#writePushesAlone() || this.#writeOutput();
    this.#owner.onOutputMoved();
    return hasWritten && !this.isBehind;
  }

  /**
   * If nothing but pushes waits, as in most broadcasts, writes them without the endpoint: through
   * it, each delivery of 8 broadcasts in a turn took 2.9 us.
   */
  #writePushesAlone(): boolean {
    const pushes = this.#pushes;
    const isAlone = pushes !== undefined && !this.isBehind && this.#endpoint.pendingOutput === 0;
    if (!isAlone || !this.#transport.stream.writable) return false;
    this.#pushes = undefined;
    this.#written += pushes.byteLength;
    this.#transport.write(pushes.parts);
    this.#noteDelay();
    return true;
  }

  #writeOutput(): boolean {
    this.sendWaitingPushes();
    if (this.#endpoint.pendingOutput === 0) return false;
    const { writable } = this.#transport.stream;
    if (!writable) this.#discard();
    else if (!this.isBehind) this.#write();
    return writable;
  }

  #write(): void {
    const length = this.#endpoint.pendingOutput;
    this.#written += length;
    const taken = this.#endpoint.takeOutput();
    // Over TLS all that answer in one turn would have a slab each until its end: 125 MiB for 2000
    // who were told a word.
    const isCopied = this.#transport.reportsLate && length <= SERVER_SLAB_SIZE;
    this.#transport.write(isCopied ? [Buffer.concat(taken, length)] : taken, this.#takeCallbacks());
    this.#noteDelay();
    if (isCopied || !this.isBehind) this.#endpoint.releaseOutput();
  }

  #noteDelay(): void {
    this.#delay = this.#transport.pendingBytes > 0 ? 'new' : undefined;
  }

  #lookAgain(): void {
    this.#delay = 'watched';
    const written = this.#written;
    setImmediate(() => {
      // Another write may have begun since.
      if (this.#delay === 'watched' && this.#written === written) this.#delay = 'lasting';
    });
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

/** Binds a callback to the async context of who sends: one write takes what several have sent. */
function bindToSender(callback: SendCallback): SendCallback {
  const sender = new AsyncResource('WsgateSend');
  return (error) => sender.runInAsyncScope(callback, undefined, error);
}
