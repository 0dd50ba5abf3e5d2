import type { WsCodec } from '../../protocol/wsgate/codec.js';
import type { MessageId } from '../../protocol/wsgate/message-id.js';
import type { ServerMessage } from '../../protocol/wsgate/server-message.js';
import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { READY_STATE } from '../../socket/ready-state.js';
import type { SessionPort } from './session-port.js';
import type { ConnectionReporter } from '../errors/connection-reporter.js';

/** What a {@link MessageSender} tells its session. */
export interface MessageSenderOwner {
  /** So much was sent: bytes, or the characters of a text. */
  onSent(length: number): void;
  /** A call stays without an outcome: the codec has no form even for a plain error. */
  onUnanswerable(): void;
  /** An error with this code was sent. */
  onErrorSent(code: string): void;
}

/** Encodes and sends the messages of a session; drops those that come after its end. */
export class MessageSender {
  readonly #port: SessionPort;
  readonly #codec: WsCodec;
  readonly #reporter: ConnectionReporter;
  readonly #owner: MessageSenderOwner;

  constructor(
    port: SessionPort,
    codec: WsCodec,
    reporter: ConnectionReporter,
    owner: MessageSenderOwner,
  ) {
    this.#port = port;
    this.#codec = codec;
    this.#reporter = reporter;
    this.#owner = owner;
  }

  /** Sends a message; one that comes after the close is dropped. Throws what the codec throws. */
  send(message: ServerMessage): void {
    if (this.#isOpen) this.#send(this.#codec.encode(message));
  }

  /** As {@link send}, for a message without the application's data: logs what the codec throws. */
  sendOrReport(message: ServerMessage): void {
    try {
      this.send(message);
    } catch (exception) {
      this.#reporter.report(exception, 'encoding a message of the protocol');
    }
  }

  /** Makes of a message what {@link sendEncoded} sends later. Throws what the codec throws. */
  encode(message: ServerMessage): string | Uint8Array {
    return this.#codec.encode(message);
  }

  /** As {@link send}. */
  sendEncoded(encoded: string | Uint8Array): void {
    if (this.#isOpen) this.#send(encoded);
  }

  /**
   * Sends an error, or `INTERNAL` if its details cannot be encoded. If not even that can be, the call
   * has no outcome, and its owner is told. Never throws.
   */
  sendError(id: MessageId | undefined, error: WireError, dropped = 0): void {
    try {
      this.#sendCounted(id, error, dropped);
    } catch (exception) {
      this.#sendInternal(id, exception, dropped);
    }
  }

  /** Logs an exception and sends what the client may know of it. Never throws. */
  sendException(id: MessageId | undefined, exception: unknown, where: string, dropped = 0): void {
    this.sendError(id, this.#reporter.report(exception, where), dropped);
  }

  #send(encoded: string | Uint8Array): void {
    this.#port.send(encoded);
    this.#owner.onSent(encoded.length);
  }

  #sendCounted(id: MessageId | undefined, error: WireError, dropped: number): void {
    if (!this.#isOpen) return;
    this.send(writeError(id, error, dropped));
    this.#owner.onErrorSent(error.code);
  }

  get #isOpen(): boolean {
    return this.#port.readyState === READY_STATE.OPEN;
  }

  /** The details could not be encoded, so this error is sent without any. */
  #sendInternal(id: MessageId | undefined, exception: unknown, dropped: number): void {
    const { details: _, ...error } = this.#reporter.report(exception, 'encoding an error');
    try {
      this.#sendCounted(id, error, dropped);
    } catch (another) {
      this.#reporter.report(another, 'encoding an error without details');
      // Nobody waits for the outcome of an event.
      if (id !== undefined) this.#owner.onUnanswerable();
    }
  }
}

function writeError(id: MessageId | undefined, error: WireError, dropped: number): ServerMessage {
  const gap = dropped > 0 ? { dropped } : undefined;
  return id === undefined ? { op: 'error', error, ...gap } : { op: 'error', id, error, ...gap };
}
