import type { Duplex } from 'node:stream';
import { WSGATE_V1 } from '../../protocol/wsgate/subprotocols.js';
import { ConnectionRegistry } from '../../server/registry/connection-registry.js';
import type { WebSocketServer } from '../../server/web-socket-server.js';
import type { UpgradeRequest } from '../handshake/upgrade-request.js';
import { within } from '../waiting/deadlines.js';
import { randomId } from '../connection/random-id.js';
import { RunningHooks } from '../waiting/running-hooks.js';
import { ConnectionReporter } from '../errors/connection-reporter.js';
import type { SessionReporter } from '../errors/session-reporter.js';
import type { AdapterContext } from './adapter-context.js';
import type { ResolvedPathOptions } from './adapter-options.js';
import { CallDialect } from './call-dialect/call-dialect.js';
import type { Dialect } from './dialect.js';
import { EventDialect } from './event-dialect/event-dialect.js';
import { forwardExceptions } from './forward-exceptions.js';
import { GatewayClient } from './gateway-client.js';
import { GatewaySocket } from './gateway-socket.js';

/** Milliseconds streams get at shutdown to come to their end. */
const GRACE = 1_000;

/** What a {@link GatewayServer} is made of. */
export interface GatewayServerSetup {
  /** As the gateway says it, for the log. */
  readonly path: string;
  readonly options: ResolvedPathOptions;
  readonly context: AdapterContext;
  /** Where its connections report problems. */
  readonly reporter: SessionReporter;
}

/** One path: the `WebSocketServer` its gateways see, and what the adapter knows of its clients. */
export class GatewayServer {
  readonly server: WebSocketServer;
  readonly options: ResolvedPathOptions;
  /** No upgrade may succeed any more. */
  isDraining = false;
  readonly #path: string;
  readonly #context: AdapterContext;
  readonly #reporter: SessionReporter;
  readonly #clients = new ConnectionRegistry<GatewayClient>();
  readonly #closeHooks = new RunningHooks();
  #drained: Promise<void> | undefined = undefined;

  constructor(server: WebSocketServer, { path, options, context, reporter }: GatewayServerSetup) {
    this.server = server;
    this.options = options;
    this.#path = path;
    this.#context = context;
    this.#reporter = reporter;
    // What `verifyClient` or `handleProtocols` threw: clients cause it, as often as they like.
    server.on('error', (error) => context.reporter.reportHandshake(error, path));
  }

  /** Does the handshake, and hands the client to Nest. */
  accept(request: UpgradeRequest, transport: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, transport, head, (socket) => {
      this.#welcome(socket as GatewaySocket, request, transport);
    });
  }

  /** Another listener has answered an upgrade of this path. */
  noteTaken(): void {
    this.#context.reporter.noteTaken(this.#path);
  }

  /** Ends every connection without losing what is in flight. Resolves when all are gone. */
  drain(): Promise<void> {
    this.#drained ??= this.#drainOnce();
    return this.#drained;
  }

  #welcome(socket: GatewaySocket, request: UpgradeRequest, transport: Duplex): void {
    const id = randomId();
    const reporter = new ConnectionReporter(this.#reporter, id);
    socket.on('error', (error) => reporter.noteBreach(error.message));
    const client = new GatewayClient(socket, {
      transport,
      dialect:
        socket.protocol === WSGATE_V1
          ? this.#createCallDialect(socket, request, id)
          : this.#createEventDialect(socket, reporter),
      awaitConnection: this.options.awaitConnection,
      openTimeout: this.options.openTimeout,
      reporter,
      onLeaving: (hook) => this.#closeHooks.add(hook),
    });
    GatewaySocket.own(socket, client);
    forwardExceptions(socket);
    this.#clients.add(client);
    socket.once('close', () => this.#clients.delete(client));
    this.server.emit('connection', socket, request);
    client.onHooksCalled();
  }

  #createCallDialect(socket: GatewaySocket, request: UpgradeRequest, id: string): Dialect {
    const { live, calls, translator, witness } = this.#context;
    const { options } = this;
    const reporter = this.#reporter;
    return new CallDialect(socket, {
      id,
      request,
      options,
      reporter,
      live,
      calls,
      translator,
      witness,
    });
  }

  #createEventDialect(socket: GatewaySocket, reporter: ConnectionReporter): Dialect {
    const { parser } = this.#context;
    return new EventDialect(socket, { options: this.options, parser, reporter });
  }

  async #drainOnce(): Promise<void> {
    this.isDraining = true;
    // From now on it also refuses upgrades that `verifyClient` lets through.
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const { drainTimeout: timeout, closeTimeout } = this.options;
    const notice = { timeout, grace: Math.min(GRACE, timeout) };
    const { connections } = this.#clients;
    await Promise.allSettled([...connections].map((client) => client.drain(notice)));
    await within(closeTimeout, this.#clients.whenEmpty());
    for (const { socket } of connections) socket.terminate();
    await within(closeTimeout, this.#closeHooks.whenDone());
    await closed;
  }
}
