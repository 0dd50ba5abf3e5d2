import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { CLOSE_CODE } from '../protocol/closing/close-codes.js';
import type { ConnectionHandler } from './connection-handler.js';
import type { SharedSettings } from './connection-settings.js';
import type { RootContext } from './root-context.js';
import { TokenBucket } from './token-bucket.js';

/** The events of a WebSocket and what they carry. */
export interface WebSocketEventMap {
  /** The opening handshake is done; on a server it was before the socket was given out. */
  open: [];
  /** Text as a string, binary as a Buffer. */
  message: [data: string | Buffer, isBinary: boolean];
  /** The peer asked for a sign of life, and has been answered. */
  ping: [data: Buffer];
  /** The answer to a ping, or one nobody asked for (RFC 6455 5.5.3). */
  pong: [data: Buffer];
  /** Everything sent has left, at once or after a wait: `bufferedAmount` is 0 again. */
  drain: [];
  /**
   * A `ProtocolViolation`, or an error of the transport. Without a listener it is
   * dropped; `close` tells.
   */
  error: [error: Error];
  /**
   * Once, and nothing after it: the peer's code, 1005 where it gave none,
   * 1006 without a Close frame.
   */
  close: [code: number, reason: string];
  /** Client: the server's 101. */
  upgrade: [response: IncomingMessage];
  /** Client: the server answered otherwise. With a listener, the request is its to end. */
  'unexpected-response': [request: ClientRequest, response: IncomingMessage];
  /** Client: a redirect is being followed to this URL. */
  redirect: [url: string];
}

/** The socket the events are emitted on. */
export interface EventSocket extends EventEmitter<WebSocketEventMap> {
  close(code: number, reason: string): void;
}

/** Turns what happens on a connection into the events of a WebSocket. */
export class WebSocketEvents<Socket extends EventSocket> implements ConnectionHandler {
  readonly #socket: Socket;
  readonly #context: RootContext;
  readonly #controls: TokenBucket | undefined;
  readonly #onClosed: ((socket: Socket) => void) | undefined;

  /** @param onClosed called before the listeners of `close` */
  constructor(
    socket: Socket,
    { context, controlRate }: SharedSettings,
    onClosed: ((socket: Socket) => void) | undefined,
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#onClosed = onClosed;
    this.#controls = controlRate && new TokenBucket(controlRate);
  }

  onMessage(data: string | Buffer, isBinary: boolean): void {
    this.#socket.emit('message', data, isBinary);
  }

  onPing(payload: Buffer): void {
    if (this.#allowsControl()) this.#socket.emit('ping', payload);
  }

  onPong(payload: Buffer): void {
    if (this.#allowsControl()) this.#socket.emit('pong', payload);
  }

  onDrain(): void {
    if (this.#socket.listenerCount('drain') > 0) {
      this.#context.run(() => this.#socket.emit('drain'));
    }
  }

  /**
   * Without a listener for it, an `error` event would end the process, and a peer can cause one. It
   * is then left out: `close` follows anyway.
   */
  onError(error: Error): void {
    if (this.#socket.listenerCount('error') > 0) this.#socket.emit('error', error);
  }

  onClose(code: number, reason: string): void {
    this.#onClosed?.(this.#socket);
    this.#socket.emit('close', code, reason);
  }

  #allowsControl(): boolean {
    if (this.#controls === undefined || this.#controls.take()) return true;
    this.#socket.close(CLOSE_CODE.POLICY_VIOLATION, 'too many pings and pongs');
    return false;
  }
}
