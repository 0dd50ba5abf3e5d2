import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';

/** What a connection needs of its session. */
export interface WsConnectionLink {
  readonly codec: WsCodec;
  readonly bufferedAmount: number;
  readonly readyState: number;
  readonly droppedPushes: number;
  /** Milliseconds this connection's calls get to finish, and its closing handshake gets. */
  readonly drainTimeout: number;
  readonly closeTimeout: number;
  push(type: string, message: string | Uint8Array | PreparedMessage): void;
  close(code: number, reason: string): void;
  terminate(): void;
  drain(notice: WsDrainNotice): Promise<void>;
}

/** How a connection is drained: closed without losing what is in flight. */
export interface WsDrainNotice {
  /** Milliseconds calls get to finish. */
  readonly timeout: number;
  /** Milliseconds streams get to finish; new calls are taken as long. */
  readonly grace: number;
  /** What clients are told in `goaway` and as the close reason. */
  readonly reason?: string | undefined;
}
