import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import { LiveConnections } from '../../../lib/nest/push/live-connections.js';
import type { Session } from '../../../lib/nest/session/session.js';
import { ExceptionReporter } from '../../../lib/nest/errors/exception-reporter.js';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsClose } from '../../../lib/nest/connection/ws-hooks.js';
import { WsServer } from '../../../lib/nest/ws-server.js';
import { isUpgradeRefusal } from '../../../lib/protocol/handshake/upgrade-refusal.js';
import { readUpgradeRequest } from '../../../lib/protocol/handshake/upgrade-request.js';
import { refuseUpgrade } from '../../../lib/server/upgrade/refuse-upgrade.js';
import { SessionHost, type SessionHostOptions } from '../../nest/session/session-host.js';
import { handlerOf, type TestHandler } from '../../nest/session/session-server.js';

/** What a message type does. */
export type Handler = TestHandler<never>;

/** Options of a test's server. */
export interface TestServerOptions extends SessionHostOptions {
  /** The status to refuse an upgrade with; undefined lets it through. */
  readonly refuse?: (request: IncomingMessage) => number | undefined;
  readonly onOpen?: (connection: WsConnection) => void;
  readonly onClose?: (close: WsClose) => void;
  /** Served at `/script.js` to the page at `/`. */
  readonly script?: string;
}

/** `wsgate.v1` by the real session layer, on a port that stays the same over restarts. */
export class TestServer {
  readonly requests: IncomingMessage[] = [];
  readonly #handlers: ReadonlyMap<string, CompiledHandler>;
  readonly #options: TestServerOptions;
  #live = new LiveConnections();
  #host: SessionHost;
  #http: Server | undefined;
  #port = 0;

  constructor(handlers: Readonly<Record<string, Handler>>, options: TestServerOptions) {
    this.#handlers = new Map(
      Object.entries(handlers).map(([type, run]) => [type, handlerOf<never>(type, run)]),
    );
    this.#options = options;
    this.#host = this.#createHost();
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/`;
  }

  /** The sessions since the last start. */
  get sessions(): readonly Session[] {
    return this.#host.sessions;
  }

  /** The newest session. */
  get session(): Session {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('nobody has connected');
    return session;
  }

  get server(): WsServer {
    return new WsServer(this.#live, new ExceptionReporter());
  }

  async start(): Promise<void> {
    const http = createServer((request, response) => this.#serve(request, response));
    http.on('upgrade', (request, transport, head) => this.#upgrade(request, transport, head));
    await once(http.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
    this.#live = new LiveConnections();
    this.#host = this.#createHost();
  }

  /** Ends like a process that dies: the clients are told nothing. */
  async crash(): Promise<void> {
    for (const session of this.sessions) session.terminate();
    await this.#end();
  }

  /** Ends like a process that is asked to stop: drains first. */
  async shutDown(timeout: number, grace: number): Promise<void> {
    await this.server.drain({ timeout, grace, reason: 'restart' });
    await this.#end();
  }

  /** Resolves when no connection is left. */
  async whenEmpty(): Promise<void> {
    await this.#live.registry.whenEmpty();
  }

  async #end(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    if (http === undefined) return;
    await this.whenEmpty();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }

  #serve({ url }: IncomingMessage, response: ServerResponse): void {
    const isScript = url === '/script.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    const page = '<!doctype html><script type="module" src="/script.js"></script>';
    response.end(isScript ? (this.#options.script ?? '') : page);
  }

  #upgrade(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    this.requests.push(request);
    transport.on('error', () => undefined);
    const offer = readUpgradeRequest(request);
    if (isUpgradeRefusal(offer)) return refuseUpgrade(transport, offer);
    const status = this.#live.isDraining ? 503 : this.#options.refuse?.(request);
    if (status !== undefined) {
      return refuseUpgrade(transport, { status, reason: 'refused', headers: {} });
    }
    const session = this.#host.accept(request, offer, transport, head);
    this.#options.onOpen?.(session.connection);
    session.open(this.#handlers);
  }

  #createHost(): SessionHost {
    return new SessionHost(this.#live, this.#options, {
      onClose: (_connection, close) => this.#options.onClose?.(close),
    });
  }
}

/** Starts a server that ends with the test. */
export async function startServer(
  handlers: Readonly<Record<string, Handler>> = {},
  options: TestServerOptions = {},
): Promise<TestServer> {
  const server = new TestServer(handlers, options);
  await server.start();
  onTestFinished(() => server.crash());
  return server;
}
