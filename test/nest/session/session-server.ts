import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { ClientOptions } from 'ws';
import { ExceptionReporter } from '../../../lib/nest/errors/exception-reporter.js';
import { toWireError } from '../../../lib/nest/errors/wire-error.js';
import type { CallContext, CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import { LiveConnections } from '../../../lib/nest/push/live-connections.js';
import type { SessionReporter } from '../../../lib/nest/errors/session-reporter.js';
import type { Session } from '../../../lib/nest/session/session.js';
import { STREAM_DEFAULTS, type StreamOptions } from '../../../lib/nest/options/stream-options.js';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsClose } from '../../../lib/nest/connection/ws-hooks.js';
import { WsServer } from '../../../lib/nest/ws-server.js';
import { isUpgradeRefusal } from '../../../lib/protocol/handshake/upgrade-refusal.js';
import { readUpgradeRequest } from '../../../lib/protocol/handshake/upgrade-request.js';
import { MemoryLedger } from '../../../lib/server/limits/memory-ledger.js';
import type { Certificate } from '../../socket/support/certificate.js';
import { SessionHost, type SessionHostOptions } from './session-host.js';
import { TestClient } from './test-client.js';

/** What a handler of a test does. */
export type TestHandler<Payload> = (
  payload: Payload,
  connection: WsConnection,
  call: CallContext,
) => unknown;

/** Options of one server of a test. */
export interface SessionServerOptions extends SessionHostOptions {
  /** Bytes all connections may hold. Default: any number. */
  readonly memoryCeiling?: number;
  /** Serves over TLS. */
  readonly certificate?: Certificate;
  /** Runs before the session is opened; awaited. */
  readonly onOpen?: (connection: WsConnection) => unknown;
  readonly onClose?: (connection: WsConnection, close: WsClose) => void;
}

/** One exception that reached the log. */
export interface Report {
  readonly exception: unknown;
  readonly where: string;
}

/** What a handler of a test has of its own. */
type TestHandlerOptions = Omit<Partial<CompiledHandler>, 'stream'> & {
  readonly stream?: StreamOptions;
};

/** Makes a compiled handler of a function, with exception filters where a test wants some. */
export function handlerOf<Payload = unknown>(
  type: string,
  run: TestHandler<Payload>,
  options: TestHandlerOptions = {},
): CompiledHandler {
  return {
    type,
    order: 'concurrent',
    timeout: 0,
    isEnhanced: false,
    label: `Test.${type}`,
    handleException: (error) => ({ error }),
    ...options,
    stream: { ...STREAM_DEFAULTS, ...options.stream },
    invoke: (connection, payload, call) => run(payload as Payload, connection, call),
  };
}

/** Sessions over real connections, on a port of their own, for one test. */
export class SessionServer {
  readonly live: LiveConnections;
  readonly server: WsServer;
  readonly reports: Report[] = [];
  readonly breaches: string[] = [];
  readonly closes: WsClose[] = [];
  readonly #http: Server;
  readonly #handlers: ReadonlyMap<string, CompiledHandler>;
  readonly #options: SessionServerOptions;
  readonly #host: SessionHost;

  constructor(handlers: readonly CompiledHandler[], options: SessionServerOptions) {
    this.#handlers = new Map(handlers.map((handler) => [handler.type, handler]));
    this.#options = options;
    const { certificate } = options;
    this.#http = certificate === undefined ? createServer() : createSecureServer(certificate);
    this.live = new LiveConnections(new MemoryLedger(options.memoryCeiling));
    this.server = new WsServer(this.live, new ExceptionReporter());
    this.#host = new SessionHost(this.live, options, {
      reporter: this.#reporter,
      onClose: (connection, close) => {
        this.closes.push(close);
        options.onClose?.(connection, close);
      },
    });
    this.#http.on('upgrade', (request, transport, head) => this.#upgrade(request, transport, head));
  }

  get url(): string {
    const scheme = this.#options.certificate === undefined ? 'ws' : 'wss';
    return `${scheme}://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get sessions(): readonly Session[] {
    return this.#host.sessions;
  }

  /** The only session, where a test has one client. */
  get session(): Session {
    const [session] = this.sessions;
    if (session === undefined) throw new Error('nobody is connected');
    return session;
  }

  async listen(): Promise<void> {
    await once(this.#http.listen(0, '127.0.0.1'), 'listening');
  }

  /** A client that is connected. */
  connect(protocol?: string, options?: ClientOptions): Promise<TestClient> {
    return TestClient.connect(this.url, protocol, options);
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.terminate();
    await this.live.registry.whenEmpty();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #upgrade(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    const offer = readUpgradeRequest(request);
    if (isUpgradeRefusal(offer)) throw new Error(offer.reason);
    void this.#open(this.#host.accept(request, offer, transport, head));
  }

  async #open(session: Session): Promise<void> {
    if (this.#options.onOpen !== undefined) await this.#options.onOpen(session.connection);
    session.open(this.#handlers);
  }

  readonly #reporter: SessionReporter = {
    report: (exception, _connectionId, where) => {
      this.reports.push({ exception, where });
      return toWireError(exception);
    },
    reportUnsent: (exception, _connectionId, where) => this.reports.push({ exception, where }),
    reportOpening: (exception, _connectionId, where) => this.reports.push({ exception, where }),
    noteBreach: (breach) => this.breaches.push(breach),
  };
}

/** Starts a server that ends with the test. */
export async function startSessions(
  handlers: readonly CompiledHandler[],
  options: SessionServerOptions = {},
): Promise<SessionServer> {
  const server = new SessionServer(handlers, options);
  await server.listen();
  onTestFinished(() => server.stop());
  return server;
}
