import type { Duplex } from 'node:stream';
import type { WsMessageHandler } from '@nestjs/common';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WebSocketData } from '../../socket/bytes.js';

/** The connection hooks of Nest's gateways. */
export type HookName = 'handleConnection' | 'handleDisconnect';

/**
 * Whether what is about to be sent is still to `send`, or has been `sent` some
 * other way and is done with.
 */
export type SendVerdict = 'send' | 'sent';

/** The adapter's side of a client's socket. */
export interface SocketOwner {
  /** What the socket runs on: a `net.Socket` or `tls.TLSSocket`. */
  readonly transport: Duplex;
  /** Runs a gateway's hook for this client; nothing it throws gets out. */
  runHook(name: HookName, run: () => unknown): void;
  /** One more gateway serves this client. */
  bind(handlers: readonly WsMessageHandler[]): void;
  /** Something is about to be sent. It may close the connection, if too much waits for the client. */
  beforeSend(data: WebSocketData | PreparedMessage): SendVerdict;
}
