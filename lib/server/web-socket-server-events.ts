import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from '../socket/web-socket.js';

/** The events of a `WebSocketServer` and what they carry. */
export interface WebSocketServerEventMap {
  /** The HTTP server listens. */
  listening: [];
  /** A socket is open, its 101 is written. */
  connection: [socket: WebSocket, request: IncomingMessage];
  /** The header lines the 101 will have; a listener may add some. */
  headers: [headers: string[], request: IncomingMessage];
  /**
   * An opening handshake is not legal. If there is a listener, it must answer and end the
   * transport.
   */
  wsClientError: [error: Error, transport: Duplex, request: IncomingMessage];
  /** The HTTP server failed, or `verifyClient`, `handleProtocols` or a `headers` listener threw. */
  error: [error: Error];
  /** The server is closed and its last socket gone. */
  close: [];
}
