import type { WsConnection } from './ws-connection.js';

/** How a connection ended. */
export interface WsClose {
  /** The close code; 1005 when the peer gave none, 1006 when there was no closing handshake. */
  readonly code: number;
  /** The peer's reason, at most 123 bytes; empty when it gave none. */
  readonly reason: string;
  /** Whether the closing handshake was completed. */
  readonly wasClean: boolean;
}

/** A gateway with a hook for new connections. */
export interface OnWsOpen<User = unknown> {
  /**
   * Runs after the 101 and before the first message, which waits for it. A throw, a rejection or
   * `openTimeout` closes the connection: with 4401, 4403 or 4429 for an `HttpException` with status
   * 401, 403 or 429, else with 1011.
   */
  onWsOpen(connection: WsConnection<User>): unknown;
}

/** A gateway with a hook for connections that have closed. */
export interface OnWsClose<User = unknown> {
  /**
   * Runs once for every connection that `onWsOpen` was called for, however that went. A throw is
   * logged. Gateways that share a path open one after the other: one whose turn did not come, since
   * another refused the connection, does not see it close.
   */
  onWsClose(connection: WsConnection<User>, close: WsClose): unknown;
}
