import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { toWireError } from '../../../lib/nest/errors/wire-error.js';
import type { CallContext, CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import { LiveConnections } from '../../../lib/nest/push/live-connections.js';
import { resolveWsOptions } from '../../../lib/nest/resolve-ws-options.js';
import type { WsGatewayOptions } from '../../../lib/nest/ws-module-options.js';
import { Session } from '../../../lib/nest/session/session.js';
import { ExceptionReporter } from '../../../lib/nest/errors/exception-reporter.js';
import { STREAM_DEFAULTS } from '../../../lib/nest/stream-options.js';
import type { WsConnection } from '../../../lib/nest/ws-connection.js';
import type { WsClose } from '../../../lib/nest/ws-hooks.js';
import { WsServer } from '../../../lib/nest/ws-server.js';
import { isUpgradeRefusal } from '../../../lib/protocol/handshake/upgrade-refusal.js';
import { readUpgradeRequest } from '../../../lib/protocol/handshake/upgrade-request.js';
import type { WsCodec } from '../../../lib/protocol/wsgate/codec.js';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import { Acceptor, type AcceptorOptions } from '../../../lib/server/acceptor.js';
import { refuseUpgrade } from '../../../lib/server/refuse-upgrade.js';
import { Connection } from '../../../lib/socket/connection.js';

/** What a message type does. */
export type Handler = (payload: never, connection: WsConnection, call: CallContext) => unknown;

/** Options of a test's server. */
export interface TestServerOptions {
  /** The status to refuse an upgrade with; undefined lets it through. */
  readonly refuse?: (request: IncomingMessage) => number | undefined;
  readonly onOpen?: (connection: WsConnection) => void;
  readonly onClose?: (close: WsClose) => void;
  readonly limits?: WsGatewayOptions;
  readonly codec?: WsCodec;
  readonly socket?: AcceptorOptions;
  /** Served at `/script.js` to the page at `/`. */
  readonly script?: string;
}

/** `wsgate.v1` by the real session layer, on a port that stays the same over restarts. */
export class TestServer {
  /** The sessions since the last start. */
  sessions: Session[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly #handlers: ReadonlyMap<string, CompiledHandler>;
  readonly #options: TestServerOptions;
  readonly #acceptor: Acceptor;
  #live = new LiveConnections();
  #http: Server | undefined;
  #port = 0;

  constructor(handlers: Readonly<Record<string, Handler>>, options: TestServerOptions) {
    this.#handlers = new Map(
      Object.entries(handlers).map(([type, run]) => [type, compile(type, run)]),
    );
    this.#options = options;
    this.#acceptor = new Acceptor(options.socket ?? {});
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/`;
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
    this.sessions = [];
  }

  /** As a process that dies: nothing is said. */
  async crash(): Promise<void> {
    for (const session of this.sessions) session.terminate();
    await this.#end();
  }

  /** As a process that is asked to stop. */
  async shutDown(timeout: number, grace: number): Promise<void> {
    await this.server.drain({ timeout, grace, reason: 'restart' });
    await this.#end();
  }

  /** Resolves when no stream and no call is left on any connection. */
  async whenIdle(): Promise<void> {
    await this.#live.registry.whenEmpty();
  }

  async #end(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    if (http === undefined) return;
    await this.#live.registry.whenEmpty();
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
    const [protocol] = offer.protocols;
    const settings = this.#acceptor.accept(transport, offer, { protocol, headers: {} });
    const session = this.#createSession(request, settings.protocol);
    session.attach(new Connection(transport, head, session, settings));
    this.#options.onOpen?.(session.connection);
    session.open(this.#handlers);
  }

  #createSession(request: IncomingMessage, protocol: string): Session {
    const session = new Session({
      handshake: {
        id: `c${this.sessions.length + 1}`,
        path: '/',
        params: {},
        query: {},
        headers: request.headers,
        cookies: {},
        ip: '127.0.0.1',
        origin: undefined,
        protocol,
        user: undefined,
      },
      codec: this.#options.codec ?? jsonCodec,
      limits: resolveWsOptions(this.#options.limits ?? {}),
      reporter: { report: (exception) => toWireError(exception), noteBreach: () => undefined },
      live: this.#live,
      onClose: (_connection, close) => this.#options.onClose?.(close),
    });
    this.sessions.push(session);
    return session;
  }
}

function compile(type: string, run: Handler): CompiledHandler {
  return {
    type,
    order: 'concurrent',
    timeout: 0,
    label: `Test.${type}`,
    stream: STREAM_DEFAULTS,
    handleException: (error) => ({ error }),
    invoke: (connection, payload, call) => run(payload as never, connection, call),
  };
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
