import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import type { WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { ConnectionQuota } from '../../server/limits/connection-quota.js';
import { UpgradeBroker } from '../../server/upgrade/upgrade-broker.js';
import type { WebSocketServer } from '../../server/web-socket-server.js';
import type { WebSocket } from '../../socket/web-socket.js';
import { PathReporter } from '../errors/path-reporter.js';
import { createMemoryLedger } from '../serving/create-memory-ledger.js';
import { assertOptions, assertValues } from '../options/option-kinds.js';
import { AdapterContext } from './adapter-context.js';
import { ADAPTER_KINDS, ADAPTER_PATH_KINDS } from './adapter-option-kinds.js';
import {
  type EventMessageParser,
  type ResolvedPathOptions,
  resolvePathOptions,
  type WsgateAdapterOptions,
} from './adapter-options.js';
import { AdapterUpgrades } from './adapter-upgrades.js';
import { type AdaptedApplication, readApplication } from './read-application.js';
import { createGatewayServer, type WsgateServerOptions } from './create-gateway-server.js';
import { GatewayServer } from './gateway-server.js';
import { GatewaySocket } from './gateway-socket.js';
import { notePipes } from './note-pipes.js';
import { normalizePath } from './normalize-path.js';
import { OwnPort } from './own-port.js';
import { prepareGateways } from './prepare-gateways.js';
import type { SocketOwner } from './socket-owner.js';
import { describeUnread } from './describe-unread.js';

const APPLICATION_PORT = 0;

/**
 * Serves the `@WebSocketGateway` classes of `@nestjs/websockets` on the engine of this package, as
 * Nest's `WsAdapter` serves them on `ws`: `{event, data}` in JSON, the same hooks, the same results.
 * Clients that ask for the subprotocol `wsgate.v1` reach them with ids and correlated replies.
 *
 * @example
 * const app = await NestFactory.create(AppModule);
 * app.useWebSocketAdapter(new WsgateAdapter(app, { origin: ['https://app.example.com'] }));
 */
export class WsgateAdapter implements WebSocketAdapter<
  WebSocketServer,
  WebSocket,
  WsgateServerOptions
> {
  /** Nest sets it from the application's options. Shutdown never hangs here, so it changes nothing. */
  forceCloseConnections = false;
  readonly #options: WsgateAdapterOptions;
  readonly #application: AdaptedApplication;
  readonly #context: AdapterContext;
  readonly #quota: ConnectionQuota;
  readonly #servers = new Map<WebSocketServer, GatewayServer>();
  readonly #ports = new Map<number, OwnPort>();
  #appUpgrades: AdapterUpgrades | undefined;

  /**
   * @param appOrHttpServer the Nest application. With a bare HTTP server, hooks that throw cannot be
   *   caught, decorators that do nothing are not found, and draining begins only when Nest gets to
   *   its gateways.
   * @throws InvalidUse for what is neither, for an unknown option, or one that cannot be used, and for
   *   `@UseHandshakeGuards` or `@AllowOrigins` on any `@WebSocketGateway` of the application.
   */
  constructor(appOrHttpServer?: object, options: WsgateAdapterOptions = {}) {
    assertOptions('WsgateAdapter', ADAPTER_KINDS, options);
    const { maxConnections = 0, maxConnectionsPerIp = 0, memoryCeiling, messageParser } = options;
    this.#options = options;
    this.#application = readApplication(appOrHttpServer);
    this.#context = new AdapterContext(messageParser, createMemoryLedger(memoryCeiling));
    this.#quota = new ConnectionQuota({ total: maxConnections, perAddress: maxConnectionsPerIp });
    const { providers } = this.#application;
    if (providers !== undefined) prepareGateways(providers, this.#context);
    this.#application.drainBeforeClose(() => this.#drain());
  }

  /** Reads messages with this instead of `JSON.parse`, from now on for new clients. */
  setMessageParser(parser: EventMessageParser): void {
    this.#context.parser = parser;
  }

  /**
   * Called by Nest once per port and path.
   *
   * @param port 0 for the application's own
   * @throws InvalidUse for a namespace, a malformed path, and an option that cannot be used.
   */
  create(port: number, options: WsgateServerOptions = {}): WebSocketServer {
    assertNoNamespace(options);
    assertValues(
      ADAPTER_PATH_KINDS,
      options,
      `@WebSocketGateway at ${normalizePath(options.path)}: `,
    );
    if (this.#application.providers !== undefined) notePipes(this.#application.providers);
    const upgrades = port === APPLICATION_PORT ? this.#joinApp() : this.#listen(port, options.host);
    const isEveryPath = port !== APPLICATION_PORT && !options.path;
    const path = isEveryPath ? undefined : normalizePath(options.path);
    const known = upgrades.paths.get(path);
    if (known !== undefined) return known.server;
    const created = this.#createServer(path ?? `port ${port}`, options);
    upgrades.paths.add(path, created);
    this.#servers.set(created.server, created);
    return created.server;
  }

  /** Called by Nest once per gateway. */
  bindClientConnect(
    server: WebSocketServer,
    callback: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    server.on('connection', (client, request) => {
      const owner = GatewaySocket.ownerOf(client);
      if (owner === undefined) callback(client, request);
      else owner.runHook('handleConnection', () => callback(client, request));
    });
  }

  /** Called by Nest once per gateway and client. The callback gets the close code. */
  bindClientDisconnect(client: WebSocket, callback: (code: number) => void): void {
    client.once('close', (code) => {
      const owner = GatewaySocket.ownerOf(client);
      if (owner === undefined) callback(code);
      else owner.runHook('handleDisconnect', () => callback(code));
    });
  }

  /**
   * Called by Nest once per gateway and client. What Nest would make of the results, an Observable
   * each, is not needed here: see `EventDialect`.
   *
   * @throws InvalidUse for a client that is not of this adapter.
   */
  bindMessageHandlers(client: WebSocket, handlers: WsMessageHandler[]): void {
    this.#ownerOf(client).bind(handlers);
  }

  /** Called by Nest 12 for a client that came before the application was ready. */
  closeClient(client: WebSocket): void {
    client.close(CLOSE_CODE.TRY_AGAIN_LATER, 'not ready yet');
  }

  /** Ends every connection of a path with 1001, without losing what is in flight. */
  async close(server: WebSocketServer): Promise<void> {
    await this.#servers.get(server)?.drain();
  }

  /** Leaves the application's HTTP server, and closes the servers of gateways with their own port. */
  async dispose(): Promise<void> {
    await this.#drain();
    const { httpServer } = this.#application;
    if (this.#appUpgrades && httpServer) UpgradeBroker.of(httpServer).leave(this.#appUpgrades);
    await Promise.all(Array.from(this.#ports.values(), (port) => port.close()));
    this.#context.flush();
    this.#appUpgrades = undefined;
    this.#ports.clear();
    this.#servers.clear();
  }

  async #drain(): Promise<void> {
    await Promise.all(Array.from(this.#servers.values(), (server) => server.drain()));
  }

  /** @param where the path, as the gateway says it, for the log */
  #createServer(where: string, given: WsgateServerOptions): GatewayServer {
    const options = resolvePathOptions(this.#options, given);
    this.#warnOfUnread(given, options);
    const context = this.#context;
    const server = createGatewayServer(given, options, {
      memoryLedger: context.live.memory,
      fastLane: this.#options.fastLane,
    });
    const reporter = new PathReporter(context.reporter, where);
    return new GatewayServer(server, { path: where, options, context, reporter });
  }

  #joinApp(): AdapterUpgrades {
    const { httpServer } = this.#application;
    if (httpServer === undefined) {
      throw new InvalidUse('a gateway without a port needs an HTTP server: new WsgateAdapter(app)');
    }
    if (this.#appUpgrades === undefined) {
      this.#appUpgrades = this.#createUpgrades();
      UpgradeBroker.of(httpServer).join(this.#appUpgrades);
    }
    return this.#appUpgrades;
  }

  #listen(port: number, host = this.#options.host): AdapterUpgrades {
    const known = this.#ports.get(port);
    if (known !== undefined) return known.upgrades;
    const own = new OwnPort(port, host, this.#createUpgrades(), (error) =>
      this.#context.logger.error(error.message, error.stack),
    );
    this.#ports.set(port, own);
    return own.upgrades;
  }

  #createUpgrades(): AdapterUpgrades {
    return new AdapterUpgrades(this.#quota, {
      onOriginRefused: (origin, path) => this.#context.noteOrigin(origin, path),
      onFull: ({ status, reason }) =>
        this.#context.reporter.noteUnable('a @WebSocketGateway', `${status} ${reason}`),
    });
  }

  #ownerOf(client: WebSocket): SocketOwner {
    const owner = GatewaySocket.ownerOf(client);
    if (owner === undefined)
      throw new InvalidUse('bindMessageHandlers: the client was not made by a WsgateAdapter');
    return owner;
  }

  /** Warns of options that are ignored here, so that nobody relies on them. */
  #warnOfUnread(options: WsgateServerOptions, { origin }: ResolvedPathOptions): void {
    const lines = [...describeUnread(options)];
    if (options.cors !== undefined && origin === 'same-origin') {
      lines.push('`cors` is not read here; name the pages that may connect in `origin`');
    }
    for (const line of lines) this.#context.logger.warn(`${normalizePath(options.path)}: ${line}`);
  }
}

function assertNoNamespace({ namespace }: WsgateServerOptions): void {
  if (namespace === undefined || namespace === '') return;
  throw new InvalidUse(
    `namespace: ${inspect(namespace)} given; namespaces belong to socket.io: give the gateway a ` +
      'path of its own',
  );
}
