import type { ClientMessage } from '../../protocol/wsgate/client-message.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { readServerMessage } from '../../protocol/wsgate/read-server-message.js';
import type { ServerMessage } from '../../protocol/wsgate/server-message.js';
import type { WsClientCodec } from '../client-codec.js';
import type { WsEnd } from '../ws-end.js';
import { Alarm } from './alarm.js';
import type { WsSocket } from './ws-socket.js';

/** The client's options that a link reads: its timeouts, in milliseconds, and how messages travel. */
export interface LinkSettings {
  readonly codec: WsClientCodec;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** Silence after which the server is asked for a sign of life; 0: never. */
  readonly heartbeatIntervalMs: number;
  /** Silence after that question that means the network is gone. */
  readonly heartbeatTimeoutMs: number;
}

/** Is told what happens on a link. */
export interface LinkListener {
  onOpen(link: Link): void;
  /** `length` in bytes, or in UTF-16 units of text. */
  onMessage(link: Link, message: ServerMessage, length: number): void;
  /** Once, and nothing after it. */
  onEnd(link: Link, end: WsEnd): void;
}

/** The error of a refused handshake in Node. */
interface Refusal {
  readonly statusCode?: number;
  readonly retryAfterMs?: number;
}

type Phase = 'connecting' | 'open' | 'closing' | 'ended';

/** One WebSocket from its attempt to its end, and the heartbeat that notices a silent one. */
export class Link {
  readonly #socket: WsSocket;
  readonly #settings: LinkSettings;
  readonly #listener: LinkListener;
  readonly #alarm = new Alarm();
  #phase: Phase = 'connecting';
  #wasOpen = false;
  /** Something has arrived since the alarm was last set. */
  #wasHeard = false;
  #error: unknown;

  constructor(socket: WsSocket, settings: LinkSettings, listener: LinkListener) {
    this.#socket = socket;
    this.#settings = settings;
    this.#listener = listener;
    // Without it nothing would ever be sent, and nobody told.
    if (!(socket?.readyState >= 0)) {
      throw new InvalidUse('webSocket: no readyState given; expected a WebSocket');
    }
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#open();
    socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) => this.#receive(data);
    socket.onerror = ({ error }: { readonly error?: unknown }) => (this.#error ??= error);
    socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) =>
      this.#end(code, reason);
    this.#alarm.set(settings.connectTimeoutMs, () => this.abort('connecting took too long'));
  }

  /** Can be sent on: a server that has begun to close reads nothing more, and no event tells. */
  get isOpen(): boolean {
    return this.#phase === 'open' && this.#socket.readyState === 1;
  }

  /** Bytes that were sent and have not left. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends while the link is open. Throws what the codec throws. */
  send(message: ClientMessage): void {
    if (this.isOpen) this.sendEncoded(this.#settings.codec.encode(message));
  }

  sendEncoded(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** Asks for a sign of life now: the network may have changed. */
  probe(): void {
    if (this.#phase !== 'open' || this.#settings.heartbeatIntervalMs === 0) return;
    this.send({ op: 'ping' });
    this.#listen(this.#settings.heartbeatTimeoutMs, () => this.abort('no sign of life'));
  }

  /** Does the closing handshake; ends the connection by force if the server takes too long. */
  close(code: number, reason: string): void {
    if (this.#phase === 'ended' || this.#phase === 'closing') return;
    if (this.#phase === 'connecting') return this.abort(reason);
    this.#phase = 'closing';
    this.#alarm.set(this.#settings.closeTimeoutMs, () => this.abort(reason));
    this.#socket.close(code, reason);
  }

  /** Ends the link at once. A browser goes on closing its socket in the background. */
  abort(reason: string): void {
    if (this.#phase === 'ended') return;
    this.#end(1006, reason);
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  #open(): void {
    this.#phase = 'open';
    this.#wasOpen = true;
    this.#awaitSilence();
    this.#listener.onOpen(this);
  }

  #receive(data: string | ArrayBuffer): void {
    this.#wasHeard = true;
    const bytes = typeof data === 'string' ? data : new Uint8Array(data);
    let message: ServerMessage | undefined;
    try {
      message = readServerMessage(this.#settings.codec.decode(bytes));
    } catch (error) {
      // The unreadable message may have been an answer: if the link went on, that call would stay
      // open for ever.
      this.#error = error;
      return this.abort('undecodable message');
    }
    // Later versions may send more than is known here.
    if (message) this.#listener.onMessage(this, message, bytes.length);
  }

  /** Probes the server once nothing has arrived for a while. */
  #awaitSilence(): void {
    const { heartbeatIntervalMs } = this.#settings;
    if (heartbeatIntervalMs === 0) this.#alarm.clear();
    else this.#listen(heartbeatIntervalMs, () => this.probe());
  }

  /** Calls back if nothing arrives in so many milliseconds. If something does, waits for silence. */
  #listen(ms: number, onSilence: () => void): void {
    this.#wasHeard = false;
    this.#alarm.set(ms, () => (this.#wasHeard ? this.#awaitSilence() : onSilence()));
  }

  #end(code: number, reason: string): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#alarm.clear();
    this.#release();
    const error = this.#error as (Error & Refusal) | undefined;
    this.#listener.onEnd(this, {
      code,
      reason,
      wasOpen: this.#wasOpen,
      httpStatus: error?.statusCode,
      retryAfterMs: error?.retryAfterMs,
      error,
    });
  }

  #release(): void {
    const socket = this.#socket;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Ending by force causes an error, which an emitter without a listener would throw.
    socket.onerror = () => undefined;
  }
}
