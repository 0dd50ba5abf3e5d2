import type { Duplex } from 'node:stream';
import { CLOSE_CODE } from '../protocol/closing/close-codes.js';
import type { ClosePayload } from '../protocol/closing/close-payload.js';
import type { Endpoint } from '../protocol/endpoint.js';
import type { ProtocolEvent } from '../protocol/events.js';
import type { MessageProgress } from '../protocol/message/message-reader.js';
import type { PreparedMessage } from '../protocol/message/prepared-message.js';
import type { SendOptions } from '../protocol/message/send-options.js';
import type { ConnectionHandler } from './connection-handler.js';
import { ConnectionOutput, type OutputOwner, type SendCallback } from './connection-output.js';
import type { ConnectionSettings, SharedSettings } from './connection-settings.js';
import { Deadline } from './deadline.js';
import type { HeartbeatTarget, Liveness } from './heartbeat.js';
import { Holdings } from './holdings.js';
import type { MemoryHolder } from './memory-holder.js';
import type { MessageWatchTarget } from './message-watch.js';
import { READY_STATE, type ReadyState } from './ready-state.js';
import type { RootContext } from './root-context.js';
import { openTransport } from './transport/open-transport.js';
import type { Transport, TransportListener } from './transport/transport.js';
import { costOf, READ_ALLOWANCE, READ_OVERDRAFT, REST_ALLOWANCE } from './read-allowance.js';
import type { WaitingInput } from './read-turns.js';

const NO_OPTIONS: SendOptions = Object.freeze({});

/** For a connection that ended without a Close frame (RFC 6455 7.1.5). */
const NO_CLOSE: ClosePayload = Object.freeze({ code: CLOSE_CODE.ABNORMAL, reason: '' });

/**
 * One WebSocket connection over one Duplex. Moves bytes between the transport and an
 * {@link Endpoint}: delivers what arrives to the handler, shares the event loop with other
 * connections, and closes the transport. {@link ConnectionOutput} batches and writes the output.
 */
export class Connection
  implements
    TransportListener,
    OutputOwner,
    MemoryHolder,
    MessageWatchTarget,
    HeartbeatTarget,
    WaitingInput
{
  readonly protocol: string;
  /** See {@link HeartbeatTarget}. */
  liveness: Liveness = 'heard';

  readonly #transport: Transport;
  readonly #output: ConnectionOutput;
  readonly #endpoint: Endpoint;
  readonly #settings: SharedSettings;
  readonly #handler: ConnectionHandler;
  #isPaused = false;
  /** Reading has stopped because memory is short and this connection holds much of it. */
  #isThrottled = false;
  /** What has arrived waits until other connections had their turn. */
  #isYielding = false;
  #allowance = READ_ALLOWANCE;
  #holdings: Holdings | undefined;
  /** The transport is ended as soon as nothing is left to send. */
  #isEnding = false;
  #closeDeadline: Deadline | undefined;
  #isClosed = false;
  /** What the peer's Close frame said. */
  #peerClose: ClosePayload | undefined;

  constructor(
    stream: Duplex,
    head: Buffer,
    handler: ConnectionHandler,
    settings: ConnectionSettings,
  ) {
    this.protocol = settings.protocol;
    this.#endpoint = settings.endpoint;
    this.#settings = settings.shared;
    this.#handler = handler;
    this.#transport = openTransport(stream, head, this, settings.shared.fastLane);
    this.#output = new ConnectionOutput(this.#endpoint, this.#transport, this);
    settings.shared.heartbeat?.add(this);
  }

  /** The extensions in use, as the header says them; empty for none. */
  get extensions(): string {
    return this.#endpoint.extensions;
  }

  get readyState(): ReadyState {
    if (this.#isClosed) return READY_STATE.CLOSED;
    return this.#isOpen ? READY_STATE.OPEN : READY_STATE.CLOSING;
  }

  /** The connection is closed, and both Close frames had been exchanged. */
  get wasClean(): boolean {
    return this.#isClosed && this.#endpoint.state === 'closed';
  }

  /** Bytes that were sent and have not reached the kernel. */
  get bufferedAmount(): number {
    return this.#output.byteLength;
  }

  /** Bytes that have reached the kernel so far. */
  get sentBytes(): number {
    return this.#output.sentBytes;
  }

  /** Where what concerns this connection is run, though another one may have caused it. */
  get context(): RootContext {
    return this.#settings.context;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing is read from the transport for now. */
  get isUnread(): boolean {
    return this.#isThrottled || !this.#canRead;
  }

  /**
   * Bytes kept in memory for this connection: incomplete messages, waiting output, and what its
   * owner has reported with {@link addHeldBytes}.
   */
  get heldBytes(): number {
    return this.#holdings?.total ?? 0;
  }

  /** How far the peer's messages have come. */
  get progress(): MessageProgress {
    return this.#endpoint.progress;
  }

  /**
   * Memory is short, and this connection has output waiting already: pushes to it should be dropped.
   */
  get shedsPushes(): boolean {
    return this.#settings.memory?.shedsPushes === true && this.#output.isHeldUp();
  }

  /**
   * Sends a string as text, bytes as binary unless `binary` is false. Unless the connection is
   * open, the message is dropped and `callback` gets an error.
   */
  send(
    data: string | Uint8Array,
    options: SendOptions & { readonly binary?: boolean } = NO_OPTIONS,
    callback?: SendCallback,
  ): void {
    if (!this.#prepareToSend(callback)) return;
    if (typeof data !== 'string') {
      if (options.binary === false) this.#endpoint.sendUtf8(data, options);
      else this.#endpoint.sendBinary(data, options);
    } else if (options.binary === true) this.#endpoint.sendBinary(Buffer.from(data), options);
    else this.#endpoint.sendText(data, options);
    this.#output.flushSoon(callback);
  }

  /** Sends a message that was framed beforehand. */
  sendPrepared(
    message: PreparedMessage,
    options: { readonly compress?: boolean } = NO_OPTIONS,
    callback?: SendCallback,
  ): void {
    if (!this.#canSend(callback)) return;
    const { pushQueue } = this.#settings;
    if (pushQueue !== undefined && callback === undefined) {
      this.#output.sendAtEndOfTurn(message, options, pushQueue);
      return;
    }
    this.#output.sendWaitingPushes();
    this.#endpoint.sendPrepared(message, options);
    this.#output.flushSoon(callback);
  }

  /** Writes now what would be written at the end of the tick, unless the transport is behind. */
  flush(): void {
    this.#output.flush();
  }

  /** Throws {@link InvalidUse} for more than 125 bytes. */
  ping(payload: Uint8Array = Buffer.alloc(0), callback?: SendCallback): void {
    if (!this.#prepareToSend(callback)) return;
    this.#endpoint.sendPing(payload);
    this.#output.flushSoon(callback);
  }

  /**
   * An unsolicited pong; pings are answered without it. Throws {@link InvalidUse}
   * for more than 125 bytes.
   */
  pong(payload: Uint8Array = Buffer.alloc(0), callback?: SendCallback): void {
    if (!this.#prepareToSend(callback)) return;
    this.#endpoint.sendPong(payload);
    this.#output.flushSoon(callback);
  }

  /**
   * Begins the closing handshake. Throws {@link InvalidUse} for a code or
   * reason no endpoint may send.
   */
  close(code?: number, reason?: string): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#output.sendWaitingPushes();
    this.#endpoint.sendClose(code, reason);
    // A connection that is not read would never see the peer's Close frame.
    this.throttle(false);
    this.#startCloseDeadline();
    this.#output.flushSoon();
  }

  /** Destroys the transport at once; the peer sees 1006. */
  terminate(): void {
    this.#transport.stream.destroy();
  }

  /** Reports that the owner keeps `difference` bytes more for this connection; negative: fewer. */
  addHeldBytes(difference: number): void {
    this.#updateHoldings((this.#holdings?.byOwner ?? 0) + difference);
  }

  /**
   * Called by the memory tracker. Stops reading, or resumes it. What has been read already is still
   * delivered.
   */
  throttle(isThrottled: boolean): void {
    if (isThrottled === this.#isThrottled || (isThrottled && !this.#isOpen)) return;
    this.#isThrottled = isThrottled;
    if (isThrottled) this.#transport.pause();
    // What a stream has buffered is delivered at once, in the context that this is called in.
    else if (this.#canRead) this.context.run(() => this.#transport.resume());
  }

  /**
   * Fails the connection as after a protocol violation, and frees its memory at once. The peer gets
   * the code and reason only if no output waits and the owner keeps nothing for the connection: a
   * Close frame would keep the transport open, and that memory in use, until the peer has read it.
   */
  fail(code: number, reason: string): void {
    const hasNothingToFree = !this.#output.isBehind && (this.#holdings?.byOwner ?? 0) === 0;
    const canBeTold = this.#isOpen && hasNothingToFree;
    this.#output.sendWaitingPushes();
    this.#endpoint.fail(code, reason);
    if (canBeTold) this.#endTransport();
    else this.terminate();
    this.onOutputMoved();
    this.onError(new Error(reason));
  }

  /** Stops delivery at once, even in the middle of a chunk, and then reading. */
  pause(): void {
    this.#isPaused = true;
    this.#transport.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // In the next tick: the caller may be a message handler, which does not expect the next message
    // before it returns.
    process.nextTick(() => this.context.run(() => this.#readOn()));
  }

  /** Called by the turns, after a yield. */
  continueReading(): void {
    this.#isYielding = false;
    this.#allowance = REST_ALLOWANCE;
    this.context.run(() => this.#readOn());
    if (!this.isUnread) this.#allowance = READ_ALLOWANCE;
  }

  /** Called by the transport. */
  onChunk(chunk: Buffer, end: number): void {
    this.liveness = 'heard';
    // Counted for every chunk, because fragments and frames of a long message cost time before
    // there is an event.
    this.#allowance -= end;
    this.#endpoint.receive(chunk, end);
    if (this.#settings.readTurns.spend(end)) this.#yield();
    try {
      this.#deliver(READ_OVERDRAFT);
    } finally {
      // Copies the unread rest: the transport may reuse the chunk's memory, or the chunk may be much
      // larger than the rest.
      this.#endpoint.retainInput();
    }
  }

  /**
   * Called by the transport: the peer sends no more. Without a Close frame before, that is an
   * abnormal closure (RFC 6455 7.1.5).
   */
  onEnd(): void {
    this.#startCloseDeadline();
    this.#output.flush();
    this.#isEnding = true;
    this.#endIfFlushed();
  }

  /** Called by the transport: everything written has reached the kernel. */
  onWritten(): void {
    if (!this.#output.catchUp()) return;
    // A peer that reads is alive, even if its answer to a ping takes long to arrive.
    this.liveness = 'heard';
    this.#endIfFlushed();
    if (this.bufferedAmount === 0) this.#handler.onDrain();
  }

  /** Called by the transport. */
  onError(error: Error): void {
    this.context.run(() => this.#handler.onError(error));
  }

  /** Called by the transport, last of all. */
  onClose(): void {
    this.#closeDeadline?.clear();
    this.#settings.heartbeat?.delete(this);
    this.#isClosed = true;
    this.#output.close();
    this.#endpoint.dispose();
    this.onOutputMoved();
    const { code, reason } = this.#peerClose ?? NO_CLOSE;
    this.context.run(() => this.#handler.onClose(code, reason, this.wasClean));
  }

  /** Called by the output. */
  onOutputMoved(): void {
    this.#updateHoldings(this.#holdings?.byOwner ?? 0);
  }

  /** Called by the output. */
  onFlushed(): void {
    const { state } = this.#endpoint;
    // Once both ends are closing, nobody waits to send more.
    if (state === 'open' || state === 'close-sent') this.#handler.onDrain();
  }

  get #isOpen(): boolean {
    return this.#endpoint.state === 'open' && !this.#isEnding && !this.#transport.stream.destroyed;
  }

  /**
   * Delivers what has arrived, until the allowance is overdrawn or the turn is over. Everything sent
   * meanwhile leaves in one write.
   */
  #deliver(overdraft: number): void {
    const { readTurns } = this.#settings;
    if (this.#output.isHeldBack) return;
    // Waiting pushes go first: the answer to a Close frame must not overtake them.
    this.#output.sendWaitingPushes();
    this.#output.holdBack();
    try {
      while (this.#canRead && !this.#transport.stream.destroyed) {
        const event = this.#endpoint.nextEvent();
        if (event === undefined) break;
        this.#dispatch(event);
        const cost = costOf(event);
        this.#allowance -= cost;
        if (readTurns.spend(cost) || this.#allowance <= -overdraft) this.#yield();
      }
    } catch (error) {
      // What a listener throws becomes an uncaught exception. The messages after it are still
      // delivered later.
      this.#yield();
      throw error;
    } finally {
      this.#output.release();
    }
    if (this.#allowance <= 0) this.#yield();
  }

  get #canRead(): boolean {
    return !this.#isPaused && !this.#isYielding;
  }

  /** Goes on with what has arrived and waits, and then with the transport. */
  #readOn(): void {
    if (!this.#canRead) return;
    this.#deliver(0);
    if (!this.isUnread) this.#transport.resume();
  }

  #yield(): void {
    if (this.#isYielding) return;
    this.#isYielding = true;
    this.#transport.pause();
    this.#settings.readTurns.wait(this);
  }

  #dispatch(event: ProtocolEvent): void {
    switch (event.type) {
      case 'text':
        this.#handler.onMessage(event.data, false);
        break;
      case 'binary':
        this.#handler.onMessage(event.data, true);
        break;
      case 'ping':
        this.#handler.onPing(event.data);
        break;
      case 'pong':
        this.#handler.onPong(event.data);
        break;
      case 'close':
        this.#peerClose = event;
        this.#endTransport();
        break;
      case 'violation':
        // Before the handler is called, because a listener may throw.
        this.#endTransport();
        this.#handler.onError(event.violation);
        break;
    }
  }

  /** Returns whether a message may be sent. Waiting pushes go to the endpoint before it. */
  #prepareToSend(callback: SendCallback | undefined): boolean {
    if (!this.#canSend(callback)) return false;
    this.#output.sendWaitingPushes();
    return true;
  }

  /** Returns whether the connection is open. If not, `callback` gets an error. */
  #canSend(callback: SendCallback | undefined): boolean {
    if (this.#isOpen) return true;
    if (callback !== undefined) process.nextTick(callback, new Error('the connection is not open'));
    return false;
  }

  /**
   * Updates the sizes of what this connection keeps in memory; a few comparisons if there is and was
   * nothing. Once the connection is over its memory is about to be freed, so it counts as nothing.
   */
  #updateHoldings(byOwner: number): void {
    const input = this.#endpoint.heldInput;
    const output = this.#output.isBehind ? this.#output.heldBytes : 0;
    if (this.#holdings === undefined) {
      if (input === 0 && output === 0 && byOwner === 0) return;
      this.#holdings = new Holdings(this, this.#settings);
    }
    const isOver = this.#transport.stream.destroyed || this.#endpoint.state === 'failed';
    if (isOver) this.#holdings.update(0, 0, 0);
    else this.#holdings.update(input, output, byOwner);
  }

  /** Both Close frames have been exchanged, or the connection was failed: ends the transport. */
  #endTransport(): void {
    this.#output.flush();
    this.#startCloseDeadline();
    this.#isEnding = this.#settings.role === 'server' || this.#endpoint.state === 'failed';
    this.#endIfFlushed();
    // What still arrives is dropped, but has to be read, or the transport would not notice its end.
    this.#isPaused = false;
    this.#isThrottled = false;
    this.#transport.resume();
  }

  /** Ends the transport once everything sent has been written. */
  #endIfFlushed(): void {
    if (this.#isEnding && this.#endpoint.pendingOutput === 0) this.#transport.end();
  }

  #startCloseDeadline(): void {
    const { closeTimeout } = this.#settings;
    if (this.#closeDeadline !== undefined || closeTimeout === 0) return;
    this.#closeDeadline = new Deadline(closeTimeout, () => this.terminate());
  }
}
