import type { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import type { DeflateOptions } from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import type { ClientOptions } from './client-options.js';
import { clientSettingsOf } from './client-settings.js';
import { connect, type ConnectAttempt, type ConnectListener, type Opened } from './connect.js';
import type { Connection } from '../connection.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { READY_STATE, type ReadyState } from '../ready-state.js';
import { deflateOptionsOf } from '../socket-options.js';
import type { WebSocketEventMap } from '../web-socket-events.js';

/** Gives a socket its connection. */
export type Attach = (
  transport: Duplex,
  head: Buffer,
  settings: ConnectionSettings,
) => Pick<Connection, 'pause'>;

/**
 * A client's WebSocket as long as it has no connection: does the opening handshake, emits its events
 * on the socket, and attaches the connection or closes the socket.
 */
export class ClientOpening implements ConnectListener {
  /** The URL connected to; after a redirect the new one. */
  url: string;
  /** Of the socket, as long as there is no connection. */
  state: ReadyState = READY_STATE.CONNECTING;
  /** `pause` was called before there was a connection to pause. */
  isPaused = false;
  readonly #socket: EventEmitter<WebSocketEventMap>;
  readonly #attach: Attach;
  readonly #options: ClientOptions;
  readonly #deflate: DeflateOptions | undefined;
  readonly #settingsFor: ReturnType<typeof clientSettingsOf>;
  #attempt: ConnectAttempt | undefined;

  /** Throws {@link InvalidUse} for an option that cannot be used. */
  constructor(
    url: URL,
    options: ClientOptions,
    socket: EventEmitter<WebSocketEventMap>,
    attach: Attach,
  ) {
    this.url = url.href;
    this.#options = options;
    this.#socket = socket;
    this.#attach = attach;
    this.#deflate = deflateOptionsOf(options.perMessageDeflate, true);
    this.#settingsFor = clientSettingsOf(options, this.#deflate);
  }

  /** Begins, offering these subprotocols. Throws as {@link connect}. */
  start(protocols: readonly string[]): void {
    const offer = { protocols, deflate: this.#deflate };
    this.#attempt = connect(new URL(this.url), offer, this.#options, this);
  }

  /** Gives up the attempt if it has not ended. */
  abort(): void {
    const reason = 'the socket was closed before the connection was established';
    this.#attempt?.abort(new Error(reason));
  }

  onOpened({ transport, head, response, protocol, deflate }: Opened): void {
    // What a listener throws becomes an uncaught exception; the socket opens anyway.
    try {
      this.#socket.emit('upgrade', response);
    } finally {
      const connection = this.#attach(transport, head, this.#settingsFor(protocol, deflate));
      if (this.isPaused) connection.pause();
      this.#socket.emit('open');
    }
  }

  /** Emits in the next tick, so that the caller of `close` or `new` can still add listeners. */
  onError(error: Error): void {
    this.state = READY_STATE.CLOSING;
    process.nextTick(() => {
      try {
        if (this.#socket.listenerCount('error') > 0) this.#socket.emit('error', error);
      } finally {
        this.state = READY_STATE.CLOSED;
        this.#socket.emit('close', CLOSE_CODE.ABNORMAL, '');
      }
    });
  }

  onUnexpectedResponse(request: ClientRequest, response: IncomingMessage): boolean {
    return this.#socket.emit('unexpected-response', request, response);
  }

  onRedirect(url: string): void {
    this.url = url;
    this.#socket.emit('redirect', url);
  }
}
