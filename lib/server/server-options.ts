import type { IncomingMessage, Server } from 'node:http';
import { InvalidUse } from '../protocol/invalid-use.js';
import { DEFAULT_HANDSHAKE_TIMEOUT, durationOf } from '../socket/socket-options.js';
import { WebSocket } from '../socket/web-socket.js';
import type { AcceptorOptions } from './handshake/acceptor.js';
import type { MemoryLedger } from './limits/memory-ledger.js';
import type { VerifyClient } from './handshake/verify-client.js';

/**
 * Options of a `WebSocketServer`, under the names of `ws`. Exactly one of `port`, `server`
 * and `noServer` is given.
 */
export interface ServerOptions extends AcceptorOptions {
  /** Listen on a TCP port with an HTTP server of its own; 0: any free one. */
  readonly port?: number | undefined;
  /** The address to bind; default: all. With `port`. */
  readonly host?: string | undefined;
  /** Length of the queue of TCP connections not yet accepted; default: Node's, 511. With `port`. */
  readonly backlog?: number | undefined;
  /** Serve upgrades of this HTTP or HTTPS server, but for those another listener takes at once. */
  readonly server?: Server | undefined;
  /** Serve only what is handed to `handleUpgrade`. */
  readonly noServer?: boolean | undefined;
  /** Serve this path only; other paths are answered with 404. Default: every path. */
  readonly path?: string | undefined;
  /** Chooses the subprotocol, or false for none. Default: the client's first. */
  readonly handleProtocols?:
    ((protocols: Set<string>, request: IncomingMessage) => string | false) | undefined;
  /** Decides whether a handshake is let through. Default: every legal one is. */
  readonly verifyClient?: VerifyClient | undefined;
  /**
   * Show the open sockets in `clients`; `broadcast`, `close` and `shutdown` know
   * them anyway. Default true.
   */
  readonly clientTracking?: boolean | undefined;
  /**
   * Milliseconds an opening handshake may take, its headers and `verifyClient` each; 0: no limit,
   * but for `verifyClient` 10 s once the client has gone. Default 10 000.
   */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Open connections and handshakes under way; one more upgrade is refused with 503.
   * 0: no limit. Default 0.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Of them, how many one address may have (of IPv6, one network of 64 bits); one more is refused
   * with 429. 0: no limit. Default 0.
   */
  readonly maxConnectionsPerIp?: number | undefined;
  /**
   * Bytes all connections of the server may hold. As the sum nears it, reading pauses on connections
   * that hold much, then upgrades are refused with 503; at it, the greatest holders are closed with
   * 1013. 0: none. Default 0.
   */
  readonly memoryCeiling?: number | undefined;
  /**
   * Where to sum what connections hold, for servers that share one ceiling. Default: a
   * ledger of the server's own.
   */
  readonly memoryLedger?: MemoryLedger | undefined;
  /** The class of the sockets; one that extends WebSocket. */
  readonly WebSocket?: typeof WebSocket | undefined;
}

/** The options with defaults filled in. */
export interface ResolvedServerOptions extends ServerOptions {
  readonly clientTracking: boolean;
  readonly handshakeTimeout: number;
  readonly WebSocket: typeof WebSocket;
}

/** Fills in defaults; throws {@link InvalidUse} unless exactly one way of listening is given. */
export function resolveServerOptions(options: ServerOptions): ResolvedServerOptions {
  const { port, server, noServer } = options;
  const ways = Object.entries({ port, server, noServer: noServer || undefined });
  const given = ways.filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length !== 1) {
    const what = given.join(' and ') || 'none';
    throw new InvalidUse(
      `WebSocketServer: ${what} given; expected exactly one of port, server and noServer`,
    );
  }
  return {
    ...options,
    clientTracking: options.clientTracking ?? true,
    handshakeTimeout: durationOf(
      'handshakeTimeout',
      options.handshakeTimeout,
      DEFAULT_HANDSHAKE_TIMEOUT,
    ),
    WebSocket: options.WebSocket ?? WebSocket,
  };
}
