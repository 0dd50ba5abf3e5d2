import type { Duplex } from 'node:stream';
import { CLOSE_CODE } from '../protocol/closing/close-codes.js';
import type { ClosePayload } from '../protocol/closing/close-payload.js';
import type { Endpoint, SendOptions } from '../protocol/endpoint.js';
import type { ProtocolEvent } from '../protocol/events.js';
import type { MessageProgress } from '../protocol/message/message-reader.js';
import type { PreparedMessage } from '../protocol/message/prepared-message.js';
import type { ConnectionHandler } from './connection-handler.js';
import { Deadline } from './deadline.js';
import type { Heartbeat } from './heartbeat.js';
import type { MemoryBook, MemoryHolder } from './memory-holder.js';
import type { MessageWatch, Receiving } from './message-watch.js';
import type { Pushing, PushQueue, PushRow } from './push-queue.js';
import type { Rate } from './rate.js';
import type { FastLane } from './transport/fast-lane.js';
import { openTransport } from './transport/open-transport.js';
import type { Transport, TransportListener } from './transport/transport.js';

/** RFC 6455's states under the numbers of the browser's WebSocket. */
export const READY_STATE = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** 0 connecting, 1 open, 2 closing, 3 closed. */
export type ReadyState = (typeof READY_STATE)[keyof typeof READY_STATE];

/** Called once the bytes have been handed to the transport, or with the reason why they were not. */
export type SendCallback = (error?: Error | null) => void;

/** Output that waits lies in a slab, most of which may be empty. */
const SLAB_BYTES = 64 * 1024;

const NO_OPTIONS: SendOptions = Object.freeze({});

/** How a push is sent that was found fit to leave as it was framed. */
const AS_FRAMED = Object.freeze({ compress: false });

/** RFC 6455 7.1.5: what a connection that ended without a Close frame is said to have been closed with. */
const NO_CLOSE: ClosePayload = Object.freeze({ code: CLOSE_CODE.ABNORMAL, reason: '' });

/**
 * Bytes of messages that are handed out until everybody else has had a turn. Without it one client
 * that floods held the event loop for as long as its bytes kept coming: ten of them, with calls of
 * 41 bytes, for 1.3 s.
 */
const ALLOWANCE = 256 * 1024;

/** What an event counts besides its bytes: handling a small message costs what handling 512 bytes more does. */
const EVENT_COST = 512;

/**
 * How far a chunk may overdraw the allowance until it is left in its middle. What remains must then
 * be copied and is read from there: where every fifth chunk was cut, messages of 1 KiB cost a third more.
 */
const OVERDRAFT = 1024 * 1024;

/** What the connections of a server have in common. */
export interface SharedSettings {
  /** RFC 6455 7.1.1: the server closes the TCP connection first, and the client waits for it. */
  readonly role: 'server' | 'client';
  /** Milliseconds from the first Close frame until the transport is destroyed; 0: no limit. */
  readonly closeTimeout: number;
  /** Notices when the peer is gone; absent: nothing does. */
  readonly heartbeat?: Heartbeat;
  /** Ends it when a message has begun and does not end; absent: nothing does. */
  readonly messageWatch?: MessageWatch;
  /** Where it is written down how much it holds; absent: nowhere. */
  readonly memory?: MemoryBook | undefined;
  /** Where pushes wait for the end of the turn; absent: they are written as all else is. */
  readonly pushQueue?: PushQueue;
  /** How often pings and pongs may come, for a handler that counts them; absent: as often as they like. */
  readonly controlRate?: Rate | undefined;
  /** Node's internals, where they may be used; absent: its public API alone. */
  readonly fastLane?: FastLane | undefined;
}

/** How a {@link Connection} is set up. */
export interface ConnectionSettings {
  readonly endpoint: Endpoint;
  /** The subprotocol in use; empty for none. */
  readonly protocol: string;
  readonly shared: SharedSettings;
}

/**
 * One WebSocket connection over one Duplex. Moves bytes between the transport and an
 * {@link Endpoint}: everything sent during one chunk or one tick leaves in one write, and while the
 * transport is behind, output waits here.
 */
export class Connection implements TransportListener, Pushing, MemoryHolder, Receiving {
  readonly protocol: string;
  /** Set by every chunk that arrives; a heartbeat clears it. */
  wasHeard = true;

  readonly #transport: Transport;
  readonly #endpoint: Endpoint;
  readonly #settings: SharedSettings;
  readonly #handler: ConnectionHandler;
  #isPaused = false;
  /** Memory is short, and this connection holds much of it. */
  #isThrottled = false;
  /** Bytes held of the peer's messages, and for it, as reported last. */
  #heldInput = 0;
  #heldOutput = 0;
  /** Bytes the owner of the connection holds for its sake. */
  #heldByOwner = 0;
  /** The allowance is used up: the rest waits until the others have had their turn. */
  #isYielding = false;
  #allowance = ALLOWANCE;
  #isDelivering = false;
  #isFlushDue = false;
  #isPushDue = false;
  /** Pushes that wait for the end of the turn; whatever else is sent goes behind them. */
  #pushes: PushRow | undefined;
  /** The transport did not take the last write at once, and may hold on to its bytes. */
  #isBehind = false;
  /** The transport ends as soon as nothing is left to send. */
  #isEnding = false;
  #callbacks: SendCallback[] | undefined;
  #closeDeadline: Deadline | undefined;
  #isClosed = false;
  /** What the peer's Close frame said. */
  #close: ClosePayload | undefined;

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

  /** It is closed, and both Close frames had been exchanged. */
  get wasClean(): boolean {
    return this.#isClosed && this.#endpoint.state === 'closed';
  }

  /** Bytes that were sent and have not reached the kernel. */
  get bufferedAmount(): number {
    const pushed = this.#pushes === undefined ? 0 : this.#pushes.byteLength;
    return pushed + this.#endpoint.pendingOutput + this.#transport.pendingBytes;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing is read for now. */
  get isUnread(): boolean {
    return this.#isThrottled || !this.#canRead;
  }

  /** Bytes this connection keeps in memory: of messages that have not ended, of output that waits, and what its owner holds for it. */
  get heldBytes(): number {
    return this.#heldInput + this.#heldOutput;
  }

  /** How far the peer's messages have come. */
  get progress(): MessageProgress {
    return this.#endpoint.progress;
  }

  /** Memory is short, and this connection behind already: a push to it should be dropped. */
  get shedsPushes(): boolean {
    return this.#isBehind && this.#settings.memory?.shedsPushes === true;
  }

  /** Sends a string as text, bytes as binary unless `binary` is false. Dropped with an error to `callback` unless open. */
  send(
    data: string | Uint8Array,
    options: SendOptions & { readonly binary?: boolean } = NO_OPTIONS,
    callback?: SendCallback,
  ): void {
    if (!this.#canSend(callback)) return;
    this.#settlePushes();
    if (typeof data !== 'string') {
      if (options.binary === false) this.#endpoint.sendUtf8(data, options);
      else this.#endpoint.sendBinary(data, options);
    } else if (options.binary === true) this.#endpoint.sendBinary(Buffer.from(data), options);
    else this.#endpoint.sendText(data, options);
    this.#scheduleFlush(callback);
  }

  /** Sends a message that was framed beforehand. */
  sendPrepared(
    message: PreparedMessage,
    options: { readonly compress?: boolean } = NO_OPTIONS,
    callback?: SendCallback,
  ): void {
    if (!this.#canSend(callback)) return;
    const { pushQueue } = this.#settings;
    const mayWait = pushQueue !== undefined && callback === undefined && !this.#isFlushComing;
    if (mayWait && this.#endpoint.canShare(message, options)) {
      this.#pushes = this.#pushes?.with(message) ?? pushQueue.begin(message);
    } else {
      this.#settlePushes();
      this.#endpoint.sendPrepared(message, options);
    }
    if (mayWait) this.#schedulePush(pushQueue);
    else this.#scheduleFlush(callback);
  }

  /** Called by the push queue. Pushes alone, the most there is of a broadcast, go past the endpoint: of 8 broadcasts in a turn a delivery took 2.9 us through it. */
  writePushes(): void {
    this.#isPushDue = false;
    const pushes = this.#pushes;
    const isAlone = pushes !== undefined && !this.#isBehind && this.#endpoint.pendingOutput === 0;
    if (isAlone && this.#transport.stream.writable) {
      this.#pushes = undefined;
      this.#transport.write(pushes.parts);
      this.#isBehind = this.#transport.pendingBytes > 0;
      if (this.#isBehind) this.#account();
    } else this.#flush();
  }

  /** Throws {@link InvalidUse} for more than 125 bytes. */
  ping(payload: Uint8Array = Buffer.alloc(0), callback?: SendCallback): void {
    if (!this.#canSend(callback)) return;
    this.#settlePushes();
    this.#endpoint.sendPing(payload);
    this.#scheduleFlush(callback);
  }

  /** An unsolicited pong; pings are answered without it. Throws {@link InvalidUse} for more than 125 bytes. */
  pong(payload: Uint8Array = Buffer.alloc(0), callback?: SendCallback): void {
    if (!this.#canSend(callback)) return;
    this.#settlePushes();
    this.#endpoint.sendPong(payload);
    this.#scheduleFlush(callback);
  }

  /** Begins the closing handshake. Throws {@link InvalidUse} for a code or reason no endpoint may send. */
  close(code?: number, reason?: string): void {
    if (this.#isClosed) return;
    this.#settlePushes();
    this.#endpoint.sendClose(code, reason);
    // A closing connection must be read, or the peer's Close is never seen.
    this.throttle(false);
    this.#startCloseDeadline();
    this.#scheduleFlush();
  }

  /** Destroys the transport at once; the peer sees 1006. */
  terminate(): void {
    this.#transport.stream.destroy();
  }

  /** The owner holds so many bytes more for this connection, or fewer. */
  hold(difference: number): void {
    this.#heldByOwner += difference;
    this.#account();
  }

  /** Called by the memory book. What has been read is delivered all the same. */
  throttle(isThrottled: boolean): void {
    if (isThrottled === this.#isThrottled || (isThrottled && !this.#isOpen)) return;
    this.#isThrottled = isThrottled;
    if (isThrottled) this.#transport.pause();
    else if (this.#canRead) this.#transport.resume();
  }

  /** Ends the connection as a breach of the peer's would, and frees at once what it holds. The peer is told why if that can wait. */
  fail(code: number, reason: string): void {
    // What its owner holds is let go with the transport, which a goodbye would keep.
    const canBeTold = this.#isOpen && !this.#isBehind && this.#heldByOwner === 0;
    this.#settlePushes();
    this.#endpoint.fail(code, reason);
    this.#handler.onError(new Error(reason));
    if (canBeTold) this.#endTransport();
    else this.terminate();
    this.#account();
  }

  /** Stops delivery at once, in the middle of a chunk too, and then the transport. */
  pause(): void {
    this.#isPaused = true;
    this.#transport.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // Not at once: the caller may be a handler that does not expect its next message yet.
    process.nextTick(() => this.#readOn());
  }

  /** Called by the transport. */
  onChunk(chunk: Buffer, end: number): void {
    this.wasHeard = true;
    this.#endpoint.receive(chunk, end);
    try {
      this.#deliver();
    } finally {
      // The chunk's memory is used again, or is much more than what is left unread of it.
      this.#endpoint.retainInput();
    }
  }

  /** Called by the transport: the peer sends no more. Without its Close frame that is an abnormal closure (RFC 6455 7.1.5). */
  onEnd(): void {
    this.#startCloseDeadline();
    this.#flush();
    this.#isEnding = true;
    this.#endIfFlushed();
  }

  /** Called by the transport: it has caught up. */
  onWritten(): void {
    if (!this.#isBehind || this.#transport.pendingBytes > 0) return;
    // A peer that reads is alive, though its answer to a ping may be long in coming.
    this.wasHeard = true;
    this.#isBehind = false;
    this.#endpoint.releaseOutput();
    this.#flush();
    this.#endIfFlushed();
    if (this.bufferedAmount === 0) this.#handler.onDrain();
  }

  /** Called by the transport. */
  onError(error: Error): void {
    this.#handler.onError(error);
  }

  /** Called by the transport, last of all. */
  onClose(): void {
    this.#closeDeadline?.clear();
    this.#settings.heartbeat?.delete(this);
    this.#isClosed = true;
    this.#discardOutput();
    this.#endpoint.dispose();
    this.#account();
    const { code, reason } = this.#close ?? NO_CLOSE;
    this.#handler.onClose(code, reason, this.wasClean);
  }

  get #isOpen(): boolean {
    return this.#endpoint.state === 'open' && !this.#isEnding && !this.#transport.stream.destroyed;
  }

  /** Hands out what has arrived, and writes what was sent meanwhile in one go. */
  #deliver(): void {
    if (this.#isDelivering) return;
    // A Close that is answered while events are read would get before them.
    this.#settlePushes();
    this.#isDelivering = true;
    try {
      while (this.#canRead && !this.#transport.stream.destroyed) {
        const event = this.#endpoint.nextEvent();
        if (event === undefined) break;
        this.#dispatch(event);
        this.#allowance -= EVENT_COST + ('data' in event ? event.data.length : 0);
        if (this.#allowance <= -OVERDRAFT) this.#yield();
      }
    } finally {
      this.#isDelivering = false;
      this.#flush();
    }
    if (this.#allowance <= 0) this.#yield();
  }

  get #canRead(): boolean {
    return !this.#isPaused && !this.#isYielding;
  }

  #readOn(): void {
    if (!this.#canRead) return;
    this.#deliver();
    if (!this.isUnread) this.#transport.resume();
  }

  #yield(): void {
    this.#allowance = ALLOWANCE;
    this.#isYielding = true;
    this.#transport.pause();
    setImmediate(() => {
      this.#isYielding = false;
      this.#readOn();
    });
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
        this.#close = event;
        this.#endTransport();
        break;
      case 'violation':
        this.#handler.onError(event.violation);
        this.#endTransport();
        break;
    }
  }

  #canSend(callback: SendCallback | undefined): boolean {
    if (this.#isOpen) return true;
    if (callback !== undefined) process.nextTick(callback, new Error('the connection is not open'));
    return false;
  }

  /** `callback` is called for the write that takes what was just sent. */
  #scheduleFlush(callback?: SendCallback): void {
    if (callback !== undefined) (this.#callbacks ??= []).push(callback);
    if (this.#isFlushComing) return;
    this.#isFlushDue = true;
    // nextTick, because what promise callbacks send in this turn is then still in the same write.
    process.nextTick(() => this.#flush());
  }

  get #isFlushComing(): boolean {
    return this.#isDelivering || this.#isFlushDue;
  }

  #schedulePush(queue: PushQueue): void {
    if (this.#isPushDue) return;
    this.#isPushDue = true;
    queue.add(this);
  }

  /** Puts pushes that wait into line with all else. */
  #settlePushes(): void {
    const pushes = this.#pushes;
    if (pushes === undefined) return;
    this.#pushes = undefined;
    for (const message of pushes.messages) this.#endpoint.sendPrepared(message, AS_FRAMED);
  }

  #flush(): void {
    this.#isFlushDue = false;
    this.#settlePushes();
    if (this.#endpoint.pendingOutput > 0) {
      if (!this.#transport.stream.writable) this.#discardOutput();
      else if (!this.#isBehind) this.#write();
    }
    this.#account();
  }

  /** Costs two comparisons where nothing is held and nothing was. */
  #account(): void {
    const input = this.#endpoint.heldInput;
    const waiting = this.#isBehind ? this.bufferedAmount + SLAB_BYTES : 0;
    const output = waiting + this.#heldByOwner;
    if (input !== this.#heldInput || output !== this.#heldOutput) this.#report(input, output);
  }

  #report(input: number, output: number): void {
    const { memory, messageWatch } = this.#settings;
    const before = this.heldBytes;
    // What a connection that is over still holds is on its way out.
    const isOver = this.#transport.stream.destroyed || this.#endpoint.state === 'failed';
    this.#heldInput = isOver ? 0 : input;
    this.#heldOutput = isOver ? 0 : output;
    if (this.#heldInput > 0) messageWatch?.add(this);
    else messageWatch?.delete(this);
    if (before !== this.heldBytes) memory?.report(this, before);
  }

  #write(): void {
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

  #discardOutput(): void {
    this.#pushes = undefined;
    this.#endpoint.takeOutput();
    this.#endpoint.releaseOutput();
    this.#takeCallbacks()?.(new Error('the connection is closed'));
  }

  /** Both Close frames have gone, or the connection was failed: nothing more is read. */
  #endTransport(): void {
    this.#flush();
    this.#startCloseDeadline();
    this.#isEnding = this.#settings.role === 'server' || this.#endpoint.state === 'failed';
    this.#endIfFlushed();
    // What still arrives is dropped, but must be read for the transport to see its end.
    this.#isPaused = false;
    this.#isThrottled = false;
    this.#transport.resume();
  }

  /** What has been sent goes out before the transport ends. */
  #endIfFlushed(): void {
    if (this.#isEnding && this.#endpoint.pendingOutput === 0) this.#transport.stream.end();
  }

  #startCloseDeadline(): void {
    const { closeTimeout } = this.#settings;
    if (this.#closeDeadline !== undefined || closeTimeout === 0) return;
    this.#closeDeadline = new Deadline(closeTimeout, () => this.terminate());
  }
}
