import type { WsMessageHandler } from '@nestjs/common';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WebSocketData } from '../../socket/bytes.js';
import type { WsDrainNotice } from '../connection/ws-connection-link.js';
import type { SendVerdict } from './socket-owner.js';

/** How to talk to one client: `{event, data}`, or `wsgate.v1` if it asked for that. */
export interface Dialect {
  /** One more gateway's handlers. */
  bind(handlers: readonly WsMessageHandler[]): void;
  /** The hooks are through: messages reach the handlers from now on, those that came before first. */
  open(): void;
  /** As in `SocketOwner`. */
  beforeSend(data: WebSocketData | PreparedMessage): SendVerdict;
  /** Finishes what is in flight and closes with 1001. */
  drain(notice: WsDrainNotice): Promise<void>;
}
