// The global of that name is a getter, which took 25 ns a message.
import { Buffer } from 'node:buffer';
import { CLOSE_CODE } from './closing/close-codes.js';
import { readClosePayload, writeClosePayload } from './closing/close-payload.js';
import { type ClosingState, type ClosingStep, nextClosingState } from './closing/closing-state.js';
import { DEFAULT_LIMITS } from './endpoint-limits.js';
import type { EndpointOptions } from './endpoint-options.js';
import { InvalidUse } from './invalid-use.js';
import { ProtocolViolation } from './protocol-violation.js';
import type { ProtocolEvent } from './events.js';
import { isControlOpcode, MAX_CONTROL_PAYLOAD, OPCODE } from './frame/opcode.js';
import type { InputReader } from './message/input-reader.js';
import type { MessageProgress } from './message/message-reader.js';
import type { MessageWriter } from './message/message-writer.js';
import type { PreparedMessage } from './message/prepared-message.js';
import type { SendOptions } from './message/send-options.js';
import { createClientWorkspace, type Workspace } from './workspace.js';

const NO_PROGRESS: MessageProgress = Object.freeze({ ended: 0, bytes: 0 });

const NO_OPTIONS: SendOptions = Object.freeze({});

const NO_OUTPUT: readonly Buffer[] = Object.freeze([]);

/**
 * One end of an open WebSocket connection (RFC 6455, RFC 7692) without any I/O: bytes go in through
 * {@link receive} and come out as {@link nextEvent}; what is sent waits as bytes in
 * {@link takeOutput}. Whoever owns the transport moves the bytes, and decides when.
 *
 * @example
 * endpoint.receive(chunk);
 * for (let event; (event = endpoint.nextEvent()) !== undefined; ) handle(event);
 * for (const bytes of endpoint.takeOutput()) transport.write(bytes);
 */
export class Endpoint {
  // Readers and writers are borrowed from the workspace only while they are needed: with its own of
  // each, an idle endpoint took 770 bytes instead of 100.
  readonly #options: EndpointOptions;
  readonly #workspace: Workspace;
  /** Borrowed while a frame or message has arrived in part. */
  #reader: InputReader | undefined;
  /**
   * Borrowed while output waits to be taken or has not been released, and while a message is sent
   * in fragments.
   */
  #writer: MessageWriter | undefined;
  #state: ClosingState = 'open';
  #pendingPongs = 0;
  #latestPing: Buffer | undefined;

  /** The options are kept, not copied: endpoints of one kind share them. */
  constructor(options: EndpointOptions) {
    this.#options = options;
    this.#workspace = options.workspace ?? createClientWorkspace();
  }

  /** The extensions in use, as the header says them; empty for none. */
  get extensions(): string {
    return this.#options.deflate?.header ?? '';
  }

  /** How far the closing handshake has come. */
  get state(): ClosingState {
    return this.#state;
  }

  /** Bytes that wait in {@link takeOutput}. */
  get pendingOutput(): number {
    return this.#writer === undefined ? 0 : this.#writer.byteLength;
  }

  /** Output waits to be taken, or has been taken and not yet released. */
  get holdsOutput(): boolean {
    return this.#writer !== undefined;
  }

  /**
   * Bytes kept of input: of frames and messages that are incomplete, and of what {@link nextEvent}
   * has not read yet.
   */
  get heldInput(): number {
    return this.#reader === undefined ? 0 : this.#reader.heldBytes;
  }

  /** How far the peer's messages have come. */
  get progress(): MessageProgress {
    return this.#reader?.messages.progress ?? NO_PROGRESS;
  }

  /**
   * Takes bytes from the transport: `chunk[0, end)`. They are unmasked in place, and the chunk must
   * not be used otherwise until {@link nextEvent} has returned undefined or {@link retainInput} has
   * been called.
   */
  receive(chunk: Uint8Array, end: number = chunk.length): void {
    if (this.#isOver) return;
    const bytes =
      chunk instanceof Buffer
        ? chunk
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#reader ??= this.#takeReader();
    this.#reader.receive(bytes, end);
  }

  /** Copies what is unread of the last chunk, so that its memory can be used again. */
  retainInput(): void {
    this.#workspace.latestText.forget();
    this.#reader?.retain();
  }

  /**
   * The next thing the peer said, or undefined until more bytes arrive. After a `close` or a
   * `violation` nothing follows: whatever else the peer sends is dropped (RFC 6455 1.4, 7.1.7).
   */
  nextEvent(): ProtocolEvent | undefined {
    const reader = this.#reader;
    if (reader === undefined) return undefined;
    try {
      const event = this.#readEvent(reader);
      if (event !== undefined) return event;
      this.#workspace.latestText.forget();
      if (reader.isIdle) this.#giveReaderBack();
      return undefined;
    } catch (error) {
      if (error instanceof ProtocolViolation) return this.#failFor(error);
      throw error;
    }
  }

  /** Sends text, or a fragment of it. Throws {@link InvalidUse} once a Close frame has gone. */
  sendText(text: string, options: SendOptions = NO_OPTIONS): void {
    this.#assertCanSend('sendText');
    this.#openWriter().writeText(text, options);
  }

  /**
   * Sends bytes as a binary message, or a fragment of one. They must not be changed
   * until taken and written.
   */
  sendBinary(bytes: Uint8Array, options: SendOptions = NO_OPTIONS): void {
    this.#assertCanSend('sendBinary');
    this.#openWriter().writeBytes(OPCODE.BINARY, bytes, options);
  }

  /** Sends bytes that are known to be UTF-8 as a text message, or a fragment of one. */
  sendUtf8(bytes: Uint8Array, options: SendOptions = NO_OPTIONS): void {
    this.#assertCanSend('sendUtf8');
    this.#openWriter().writeBytes(OPCODE.TEXT, bytes, options);
  }

  /**
   * Whether a prepared message can be sent as the frame it holds: it needs no mask, no compression,
   * and is not the continuation of another.
   */
  canShare(
    message: PreparedMessage,
    options: { readonly compress?: boolean } = NO_OPTIONS,
  ): boolean {
    const { role, deflate } = this.#options;
    if (role !== 'server' || this.#writer?.isInMessage === true) return false;
    if (deflate === undefined || options.compress === false) return true;
    return !deflate.shouldCompress(message.payload.length);
  }

  /**
   * Sends a prepared message: by reference where {@link canShare} allows it, framed again
   * elsewhere.
   */
  sendPrepared(
    message: PreparedMessage,
    options: { readonly compress?: boolean } = NO_OPTIONS,
  ): void {
    this.#assertCanSend('sendPrepared');
    const writer = this.#openWriter();
    if (this.canShare(message, options)) writer.append(message.frame);
    else {
      const opcode = message.isBinary ? OPCODE.BINARY : OPCODE.TEXT;
      writer.writeBytes(opcode, message.payload, options);
    }
  }

  /** Sends a ping (RFC 6455 5.5.2) of up to 125 bytes. */
  sendPing(payload: Uint8Array): void {
    this.#assertCanSend('sendPing');
    this.#sendControl(OPCODE.PING, payload);
  }

  /** Sends a pong (RFC 6455 5.5.3) of up to 125 bytes; pings are answered without it. */
  sendPong(payload: Uint8Array): void {
    this.#assertCanSend('sendPong');
    this.#sendControl(OPCODE.PONG, payload);
  }

  /**
   * Begins the closing handshake (RFC 6455 7.1.2). A second call, or one after the
   * peer's Close, does nothing.
   */
  sendClose(code?: number, reason: string = ''): void {
    const payload = writeClosePayload(code, reason);
    if (!this.#move('send')) return;
    this.#sendControl(OPCODE.CLOSE, payload);
  }

  /**
   * Fails the connection (RFC 6455 7.1.7): sends a Close frame with this code and reason if that is
   * still allowed, and drops what has arrived in part and whatever else the peer sends. Also called
   * for reasons that are not in the input, such as a limit of the server.
   */
  fail(code: number, reason: string): void {
    const canSayWhy = this.#state === 'open' && code !== CLOSE_CODE.ABNORMAL;
    this.#move('fail');
    if (canSayWhy) this.#sendControl(OPCODE.CLOSE, writeClosePayload(code, reason));
    this.#giveReaderBack();
  }

  /** All bytes there are to send, in order. They stay valid until {@link releaseOutput}. */
  takeOutput(): readonly Buffer[] {
    if (this.#latestPing !== undefined && this.#state === 'open') {
      this.#sendControl(OPCODE.PONG, this.#latestPing);
    }
    this.#latestPing = undefined;
    this.#pendingPongs = 0;
    return this.#writer === undefined ? NO_OUTPUT : this.#writer.take();
  }

  /**
   * The transport holds no reference any more to the bytes {@link takeOutput} returned: their
   * memory is used again.
   */
  releaseOutput(): void {
    if (this.#writer === undefined) return;
    this.#writer.recycle();
    if (!this.#writer.isIdle) return;
    this.#workspace.writers.give(this.#writer);
    this.#writer = undefined;
  }

  /** Frees compression contexts and unfinished messages. The endpoint is not used after it. */
  dispose(): void {
    this.#move('fail');
    this.#options.deflate?.close();
    this.#giveReaderBack();
  }

  get #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  #takeReader(): InputReader {
    const { role, limits = DEFAULT_LIMITS, deflate } = this.#options;
    const reader = this.#workspace.readers.take();
    reader.messages.serve(role === 'server', limits, deflate);
    return reader;
  }

  #giveReaderBack(): void {
    if (this.#reader === undefined) return;
    this.#workspace.latestText.forget();
    // Whatever has arrived in part is dropped.
    if (!this.#reader.isIdle) this.#reader.reset();
    this.#workspace.readers.give(this.#reader);
    this.#reader = undefined;
  }

  #openWriter(): MessageWriter {
    if (this.#writer !== undefined) return this.#writer;
    const { role, deflate } = this.#options;
    this.#writer = this.#workspace.writers.take();
    this.#writer.serve(role === 'client', deflate);
    return this.#writer;
  }

  #readEvent(reader: InputReader): ProtocolEvent | undefined {
    const text = reader.nextShortText();
    if (text !== undefined) return { type: 'text', data: text };
    const { frames, messages } = reader;
    while (frames.advance()) {
      const event = isControlOpcode(frames.header.opcode)
        ? this.#acceptControl(reader)
        : messages.accept(frames);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  #acceptControl({ frames, controls }: InputReader): ProtocolEvent | undefined {
    const payload = controls.accept(frames);
    if (payload === undefined) return undefined;
    switch (frames.header.opcode) {
      case OPCODE.PING:
        this.#answerPing(payload);
        return { type: 'ping', data: payload };
      case OPCODE.PONG:
        return { type: 'pong', data: payload };
      default:
        return this.#acceptClose(payload);
    }
  }

  /**
   * RFC 6455 5.5.2: "an endpoint MUST send a Pong frame in response, unless it already received a
   * Close frame." Nor once it has sent one, by 1.4: "After sending a control frame indicating the
   * connection should be closed, a peer does not send any further data".
   */
  #answerPing(payload: Buffer): void {
    const { autoPong = true, limits = DEFAULT_LIMITS } = this.#options;
    if (!autoPong || this.#state !== 'open') return;
    const { maxPendingAutoPongs } = limits;
    if (maxPendingAutoPongs > 0 && this.#pendingPongs >= maxPendingAutoPongs) {
      // 5.5.3: it "MAY elect to send a Pong frame for only the most recently processed Ping frame".
      this.#latestPing = payload;
      return;
    }
    this.#pendingPongs++;
    this.#sendControl(OPCODE.PONG, payload);
  }

  /** RFC 6455 5.5.1: "the endpoint MUST send a Close frame in response", echoing what it received. */
  #acceptClose(payload: Buffer): ProtocolEvent {
    const { code, reason } = readClosePayload(payload);
    const isAnswerDue = this.#state === 'open';
    this.#move('receive');
    if (isAnswerDue) this.#sendControl(OPCODE.CLOSE, payload);
    this.#giveReaderBack();
    return { type: 'close', code, reason };
  }

  #failFor(violation: ProtocolViolation): ProtocolEvent {
    this.fail(violation.closeCode, '');
    return { type: 'violation', violation };
  }

  #sendControl(opcode: number, payload: Uint8Array): void {
    if (payload.length > MAX_CONTROL_PAYLOAD) {
      throw new InvalidUse(
        `a control frame of ${payload.length} bytes was asked for; at most ` +
          `${MAX_CONTROL_PAYLOAD} fit (RFC 6455 5.5)`,
      );
    }
    this.#openWriter().writeControl(opcode, payload);
  }

  #assertCanSend(method: string): void {
    if (this.#state === 'open') return;
    throw new InvalidUse(`${method}: the connection is ${this.#state}; nothing may follow a Close`);
  }

  #move(step: ClosingStep): boolean {
    const next = nextClosingState(this.#state, step);
    if (next !== undefined) this.#state = next;
    return next !== undefined;
  }
}
