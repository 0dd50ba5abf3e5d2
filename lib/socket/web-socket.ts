import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { SendOptions } from '../protocol/message/send-options.js';
import { InvalidUse } from '../protocol/invalid-use.js';
import type { PreparedMessage } from '../protocol/message/prepared-message.js';
import { toBytes, toPayload, type WebSocketData } from './bytes.js';
import { ClientOpening } from './opening-handshake/client-opening.js';
import type { ClientOptions } from './opening-handshake/client-options.js';
import { Connection } from './connection.js';
import type { SendCallback } from './connection-output.js';
import type { ConnectionSettings } from './connection-settings.js';
import { DomEventTarget } from './dom-event-target.js';
import { giveListenerSlots } from './listener-slots.js';
import { READY_STATE, type ReadyState } from './ready-state.js';
import type { RootContext } from './root-context.js';
import { type WebSocketEventMap, WebSocketEvents } from './web-socket-events.js';
import { readWebSocketUrl } from './opening-handshake/web-socket-url.js';

/** Options of {@link WebSocket.send}, as `ws` has them. */
export interface WebSocketSendOptions extends SendOptions {
  /** Send as binary (true) or as text (false). Default: text for a string, binary for bytes. */
  readonly binary?: boolean | undefined;
}

/**
 * A WebSocket with the names `ws` gives things: the sockets a `WebSocketServer` emits, and, made
 * with `new`, a client for Node.
 *
 * @example
 * const socket = new WebSocket('ws://localhost:8080', { headers: { cookie: 'sid=1' } });
 * socket.on('open', () => socket.send('hello'));
 * socket.on('message', (data, isBinary) => console.log(data));
 */
export class WebSocket extends DomEventTarget {
  static readonly CONNECTING = READY_STATE.CONNECTING;
  static readonly OPEN = READY_STATE.OPEN;
  static readonly CLOSING = READY_STATE.CLOSING;
  static readonly CLOSED = READY_STATE.CLOSED;

  #connection: Connection | undefined;
  /** The opening handshake of a client; undefined on a server. */
  #opening: ClientOpening | undefined;

  /**
   * Connects to `url` (ws:, wss:, http: or https:), offering `protocols` in order of preference.
   * `null` makes a socket without a connection, as {@link WebSocket.accept} needs it.
   * Throws {@link InvalidUse} for a URL, subprotocol or option that cannot be used.
   */
  constructor(
    url: string | URL | null,
    protocols?: string | readonly string[] | ClientOptions,
    options?: ClientOptions,
  ) {
    super();
    if (url === null) return;
    const [offered, given] = readArguments(protocols, options);
    this.#opening = new ClientOpening(readWebSocketUrl(url), given, this, (...connection) =>
      this.#attach(...connection),
    );
    this.#opening.start(offered);
  }

  /** Wraps a transport on which a server has done the opening handshake. */
  static accept<T extends WebSocket>(
    this: new (url: null) => T,
    transport: Duplex,
    head: Buffer,
    settings: ConnectionSettings,
    onClosed: (socket: WebSocket) => void,
  ): T {
    const socket = new this(null);
    if (settings.shared.fastLane !== undefined) giveListenerSlots(socket);
    socket.#attach(transport, head, settings, onClosed);
    return socket;
  }

  /** As the static one. */
  get CONNECTING(): typeof READY_STATE.CONNECTING {
    return READY_STATE.CONNECTING;
  }

  /** As the static one. */
  get OPEN(): typeof READY_STATE.OPEN {
    return READY_STATE.OPEN;
  }

  /** As the static one. */
  get CLOSING(): typeof READY_STATE.CLOSING {
    return READY_STATE.CLOSING;
  }

  /** As the static one. */
  get CLOSED(): typeof READY_STATE.CLOSED {
    return READY_STATE.CLOSED;
  }

  /** As in the WHATWG API: 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): ReadyState {
    return this.#connection?.readyState ?? this.#opening?.state ?? READY_STATE.CONNECTING;
  }

  /** The subprotocol in use; empty for none. */
  get protocol(): string {
    return this.#connection?.protocol ?? '';
  }

  /** The extensions in use, as the header says them; empty for none. */
  get extensions(): string {
    return this.#connection?.extensions ?? '';
  }

  /** Client: the URL connected to. Empty on a server. */
  get url(): string {
    return this.#opening?.url ?? '';
  }

  /** Bytes that were sent and have not reached the kernel. */
  get bufferedAmount(): number {
    return this.#connection?.bufferedAmount ?? 0;
  }

  /** @internal Adds to the bytes kept for this connection; a negative number subtracts. */
  addHeldBytes(difference: number): void {
    this.#connection?.addHeldBytes(difference);
  }

  /**
   * @internal As that of `Connection`. There is one as soon as there is a
   * connection: on a server, always.
   */
  get context(): RootContext {
    return (this.#connection as Connection).context;
  }

  /** @internal Bytes that have reached the kernel so far. */
  get sentBytes(): number {
    return this.#connection?.sentBytes ?? 0;
  }

  /**
   * @internal Pushes should be dropped: memory is short, and output waits on this connection
   * already.
   */
  get shedsPushes(): boolean {
    return this.#connection?.shedsPushes === true;
  }

  /** @internal Writes now what would be written at the end of the tick. */
  flush(): void {
    this.#connection?.flush();
  }

  /** Whether `pause` has been called, and not `resume` after it. */
  get isPaused(): boolean {
    return this.#connection?.isPaused ?? this.#opening?.isPaused ?? false;
  }

  /** After `close`: whether both Close frames had been exchanged. */
  get wasClean(): boolean {
    return this.#connection?.wasClean ?? false;
  }

  /**
   * Sends a message, or with `fin: false` a fragment of one. Bytes must not be changed before
   * `callback`. Throws {@link InvalidUse} while connecting; once closing, the message is dropped
   * and the callback told.
   */
  send(data: WebSocketData, callback?: SendCallback): void;
  send(data: WebSocketData, options: WebSocketSendOptions, callback?: SendCallback): void;
  send(
    data: WebSocketData,
    options?: WebSocketSendOptions | SendCallback,
    callback?: SendCallback,
  ): void {
    const bytes = typeof data === 'string' ? data : toBytes(data);
    const isCallback = typeof options === 'function';
    const done = isCallback ? options : callback;
    this.#connectionFor('send', done)?.send(bytes, isCallback ? undefined : options, done);
  }

  /** Sends a message framed once with `prepareMessage`, as one of many. */
  sendPrepared(message: PreparedMessage, options?: { readonly compress?: boolean }): void {
    this.#connectionFor('sendPrepared')?.sendPrepared(message, options);
  }

  /** Sends a ping of up to 125 bytes. Throws {@link InvalidUse} for more, and while connecting. */
  ping(data: WebSocketData | SendCallback = '', callback?: SendCallback): void {
    if (typeof data === 'function') this.ping('', data);
    else this.#connectionFor('ping', callback)?.ping(toPayload(data), callback);
  }

  /**
   * Sends an unsolicited pong of up to 125 bytes. Throws {@link InvalidUse}
   * for more, and while connecting.
   */
  pong(data: WebSocketData | SendCallback = '', callback?: SendCallback): void {
    if (typeof data === 'function') this.pong('', data);
    else this.#connectionFor('pong', callback)?.pong(toPayload(data), callback);
  }

  /**
   * Begins the closing handshake; while connecting, gives the attempt up. Throws {@link InvalidUse}
   * for an illegal code or reason.
   */
  close(code?: number, reason?: string | Buffer): void {
    if (this.#connection === undefined) this.#opening?.abort();
    else this.#connection.close(code, reason?.toString());
  }

  /** Destroys the TCP connection at once. */
  terminate(): void {
    if (this.#connection === undefined) this.#opening?.abort();
    else this.#connection.terminate();
  }

  /** Stops delivery at once, even in the middle of a chunk. */
  pause(): void {
    if (this.#connection !== undefined) this.#connection.pause();
    else if (this.#opening !== undefined) this.#opening.isPaused = true;
  }

  /** Reads on. */
  resume(): void {
    if (this.#connection !== undefined) this.#connection.resume();
    else if (this.#opening !== undefined) this.#opening.isPaused = false;
  }

  /** The events somebody listens to. */
  override eventNames(): ReturnType<EventEmitter<WebSocketEventMap>['eventNames']> {
    return super.eventNames().filter((name) => this.listenerCount(name) > 0);
  }

  #attach(
    transport: Duplex,
    head: Buffer,
    settings: ConnectionSettings,
    onClosed?: (socket: WebSocket) => void,
  ): Connection {
    const events = new WebSocketEvents(this, settings.shared, onClosed);
    this.#connection = new Connection(transport, head, events, settings);
    return this.#connection;
  }

  /** The connection to send on. Undefined if there never was one; `callback` then gets an error. */
  #connectionFor(method: string, callback?: SendCallback): Connection | undefined {
    if (this.#connection !== undefined) return this.#connection;
    if (this.readyState === READY_STATE.CONNECTING) {
      throw new InvalidUse(`${method}: the socket is connecting; wait for "open"`);
    }
    if (callback !== undefined) process.nextTick(callback, new Error('the connection is not open'));
    return undefined;
  }
}

/** As in `ws`, options may stand where the subprotocols do, if there are none. */
function readArguments(
  protocols: string | readonly string[] | ClientOptions | undefined,
  options: ClientOptions | undefined,
): readonly [protocols: readonly string[], options: ClientOptions] {
  const offered = typeof protocols === 'string' ? [protocols] : (protocols ?? []);
  return isList(offered) ? [offered, options ?? {}] : [[], offered];
}

/** `Array.isArray` does not tell the compiler about readonly lists. */
function isList(value: readonly string[] | ClientOptions): value is readonly string[] {
  return Array.isArray(value);
}
