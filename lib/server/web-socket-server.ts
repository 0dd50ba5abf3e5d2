import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { CLOSE_CODE } from '../protocol/closing/close-codes.js';
import { InvalidUse } from '../protocol/invalid-use.js';
import { prepareMessage } from '../protocol/message/prepared-message.js';
import { toBytes, type WebSocketData } from '../socket/bytes.js';
import { WebSocket } from '../socket/web-socket.js';
import { MemoryLedger } from './limits/memory-ledger.js';
import { createRefusingServer } from './upgrade/refusing-server.js';
import { readRequestTarget } from './path/request-target.js';
import { ServerHandshakes } from './server-handshakes.js';
import { UpgradeBroker, type UpgradeHandler } from './upgrade/upgrade-broker.js';
import {
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
} from './server-options.js';
import { warnOfUnknownOptions } from './warn-of-unknown-options.js';
import type { WebSocketServerEventMap } from './web-socket-server-events.js';

/**
 * A WebSocket server for use without Nest, with the names `ws` gives things.
 *
 * @example
 * const server = new WebSocketServer({ port: 8080 });
 * server.on('connection', (socket) => {
 *   socket.on('message', (data) => socket.send(data)); // a string as text, a Buffer as binary
 * });
 */
export class WebSocketServer extends EventEmitter<WebSocketServerEventMap> {
  /** The open sockets; empty with `clientTracking: false`. */
  readonly clients: ReadonlySet<WebSocket>;
  /** The options in force, defaults filled in. */
  readonly options: ResolvedServerOptions;

  /** The open sockets, whether `clients` shows them or not. */
  readonly #clients = new Set<WebSocket>();
  readonly #memory: MemoryLedger;
  readonly #handshakes: ServerHandshakes;
  readonly #upgradeHandler: UpgradeHandler;
  #server: Server | undefined;
  #ownsServer = false;
  /** The HTTP server has been left, or has closed: no new sockets can come. */
  #isDetached = false;
  #state: 'running' | 'closing' | 'closed' = 'running';

  /**
   * `listening` is called once the server listens. Throws {@link InvalidUse} for options
   * that cannot be used; warns of unknown ones.
   */
  constructor(options: ServerOptions, listening?: () => void) {
    super();
    this.options = resolveServerOptions(options);
    warnOfUnknownOptions(options);
    this.clients = this.options.clientTracking ? this.#clients : new Set();
    this.#memory = options.memoryLedger ?? new MemoryLedger(options.memoryCeiling);
    this.#handshakes = new ServerHandshakes(this, this.options, this.#memory);
    this.#upgradeHandler = {
      claims: (request) => this.shouldHandle(request),
      serves: (path) => path === this.options.path,
      handle: (request, transport, head) => {
        this.handleUpgrade(request, transport, head, (socket) => {
          this.emit('connection', socket, request);
        });
      },
      // It may be meant so: without a path, everything that the other listener leaves is ours.
      onTaken: () => undefined,
    };
    if (listening !== undefined) this.once('listening', listening);
    this.#listen(options);
  }

  /** The bound address, or null while not listening. Throws {@link InvalidUse} with `noServer`. */
  address(): AddressInfo | string | null {
    if (this.options.noServer) throw new InvalidUse('address: there is none with `noServer`');
    return this.#server?.address() ?? null;
  }

  /** Bytes that all connections hold, for monitoring; see the option `memoryCeiling`. */
  get heldBytes(): number {
    return this.#memory.heldBytes;
  }

  /** Whether a request's path is this server's. May be overridden. */
  shouldHandle(request: IncomingMessage): boolean {
    const { path } = this.options;
    return path === undefined || readRequestTarget(request.url)?.path === path;
  }

  /**
   * Does the server's half of an opening handshake (RFC 6455 4.2) and gives the socket to
   * `callback`; a request that is refused has been answered. Throws {@link InvalidUse} for a
   * transport it was given before: two servers of one path would both answer.
   */
  handleUpgrade(
    request: IncomingMessage,
    transport: Duplex,
    head: Buffer,
    callback: (socket: WebSocket, request: IncomingMessage) => void,
  ): void {
    this.#handshakes.answer(request, transport, (settings) => {
      const socket = this.options.WebSocket.accept(transport, head, settings, this.#onClosed);
      this.#clients.add(socket);
      callback(socket, request);
    });
  }

  /** Sends one message to every open client but those in `except`, framed once for all. */
  broadcast(
    data: WebSocketData,
    options: {
      readonly binary?: boolean;
      readonly except?: WebSocket | Iterable<WebSocket>;
      readonly compress?: boolean;
    } = {},
  ): void {
    const { binary, except, compress } = options;
    const message = prepareMessage(typeof data === 'string' ? data : toBytes(data), { binary });
    const left = new Set(except instanceof WebSocket ? [except] : except);
    const sending = { compress };
    // A client that is not open any more drops it.
    for (const client of this.#clients) {
      if (!left.has(client)) client.sendPrepared(message, sending);
    }
  }

  /** Stops accepting. Open sockets live on; `close` follows when the last has gone. */
  close(callback?: (error?: Error) => void): void {
    if (this.#state === 'closed') {
      process.nextTick(() => callback?.(new InvalidUse('close: the server is already closed')));
      return;
    }
    if (callback !== undefined) this.once('close', callback);
    if (this.#state === 'closing') return;
    this.#state = 'closing';
    this.#handshakes.refuseFromNowOn();
    if (this.#server !== undefined) this.#detach(this.#server);
    const finish = (): void => {
      this.#isDetached = true;
      this.#finishCloseIfIdle();
    };
    if (this.#ownsServer) this.#server?.close(finish);
    else process.nextTick(finish);
  }

  /**
   * Closes gracefully: stops accepting, closes every socket (1001 by default, RFC 6455 7.4.1 "going
   * away"), and resolves when all are gone, which `closeTimeout` bounds.
   */
  async shutdown(code: number = CLOSE_CODE.GOING_AWAY, reason: string = ''): Promise<void> {
    const closed = new Promise<void>((resolve) => this.close(() => resolve()));
    // TCP connections that have sent no request yet would keep the HTTP server from closing.
    if (this.#ownsServer) this.#server?.closeAllConnections();
    this.#handshakes.refuseUndecided();
    for (const client of this.#clients) client.close(code, reason);
    await closed;
  }

  #listen(options: ServerOptions): void {
    if (options.noServer) return;
    this.#ownsServer = options.server === undefined;
    this.#server = options.server ?? createRefusingServer(this.options.handshakeTimeout);
    this.#server.on('listening', this.#onListening);
    this.#server.on('error', this.#onError);
    UpgradeBroker.of(this.#server).join(this.#upgradeHandler);
    if (!this.#ownsServer) return;
    const { port, host, backlog } = options;
    this.#server.listen({ port, host, backlog });
  }

  readonly #onListening = (): void => {
    this.emit('listening');
  };

  readonly #onError = (error: Error): void => {
    this.emit('error', error);
  };

  #detach(server: Server): void {
    UpgradeBroker.of(server).leave(this.#upgradeHandler);
    server.off('listening', this.#onListening);
    server.off('error', this.#onError);
  }

  /** One function for all sockets: a closure for each would be 100 bytes of an idle one. */
  readonly #onClosed = (socket: WebSocket): void => {
    this.#clients.delete(socket);
    this.#finishCloseIfIdle();
  };

  #finishCloseIfIdle(): void {
    if (!this.#isDetached || this.#clients.size > 0 || this.#state === 'closed') return;
    this.#state = 'closed';
    this.emit('close');
  }
}
