import type { Duplex } from 'node:stream';
import type { WsMessageHandler } from '@nestjs/common';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WebSocketData } from '../../socket/bytes.js';

/** The connection hooks of Nest's gateways. */
export type HookName = 'handleConnection' | 'handleDisconnect';

/** The adapter's side of a client's socket. */
export interface SocketOwner {
  /** What the socket runs on: a `net.Socket` or `tls.TLSSocket`. */
  readonly transport: Duplex;
  /** Runs a gateway's hook for this client; nothing it throws gets out. */
  runHook(name: HookName, run: () => unknown): void;
  /** One more gateway serves this client. */
  bind(handlers: readonly WsMessageHandler[]): void;
  /** Something is about to be sent. Answers true when it goes out some other way, and is done with. */
  takes(data: WebSocketData | PreparedMessage): boolean;
}
