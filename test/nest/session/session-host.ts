import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { toWireError } from '../../../lib/nest/errors/wire-error.js';
import type { LiveConnections } from '../../../lib/nest/push/live-connections.js';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import type { SessionReporter } from '../../../lib/nest/errors/session-reporter.js';
import { Session, type SessionSetup } from '../../../lib/nest/session/session.js';
import type { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsClose } from '../../../lib/nest/connection/ws-hooks.js';
import type { WsGatewayOptions } from '../../../lib/nest/options/ws-module-options.js';
import type { UpgradeOffer } from '../../../lib/protocol/handshake/upgrade-request.js';
import type { WsCodec } from '../../../lib/protocol/wsgate/codec.js';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import { Acceptor, type AcceptorOptions } from '../../../lib/server/handshake/acceptor.js';
import { Connection } from '../../../lib/socket/connection.js';

/** What the sessions of a test have in common. */
export interface SessionHostOptions {
  readonly limits?: WsGatewayOptions;
  readonly codec?: WsCodec;
  readonly socket?: AcceptorOptions;
}

/** Who is told what happens on the sessions of a test. */
export interface SessionHostListener {
  readonly reporter?: SessionReporter;
  onClose?(connection: WsConnection, close: WsClose): void;
}

const SILENT: SessionReporter = {
  report: (exception) => toWireError(exception),
  reportUnsent: () => undefined,
  reportOpening: () => undefined,
  noteBreach: () => undefined,
};

/** Makes sessions of legal upgrades, on real connections but without Nest: no guards, no gateways. */
export class SessionHost {
  /** In the order they came. */
  readonly sessions: Session[] = [];
  readonly #live: LiveConnections;
  readonly #options: SessionHostOptions;
  readonly #listener: SessionHostListener;
  readonly #acceptor: Acceptor;

  constructor(
    live: LiveConnections,
    options: SessionHostOptions,
    listener: SessionHostListener = {},
  ) {
    this.#live = live;
    this.#options = options;
    this.#listener = listener;
    this.#acceptor = new Acceptor(options.socket ?? {}, live.memory);
  }

  /** Agrees on the client's first subprotocol. The session waits to be opened. */
  accept(request: IncomingMessage, offer: UpgradeOffer, transport: Duplex, head: Buffer): Session {
    const [protocol] = offer.protocols;
    const settings = this.#acceptor.accept(transport, offer, { protocol, headers: {} });
    const setup: SessionSetup = {
      handshake: {
        id: `c${this.sessions.length + 1}`,
        path: '/',
        params: {},
        query: {},
        headers: request.headers,
        cookies: {},
        ip: '127.0.0.1',
        origin: undefined,
        protocol: settings.protocol,
        user: undefined,
      },
      codec: this.#options.codec ?? jsonCodec,
      limits: resolveWsOptions(this.#options.limits ?? {}),
      reporter: this.#listener.reporter ?? SILENT,
      live: this.#live,
      onClose: (connection, close) => this.#listener.onClose?.(connection, close),
    };
    const session = new Session(
      setup,
      (handler) => new Connection(transport, head, handler, settings),
    );
    this.sessions.push(session);
    return session;
  }
}
