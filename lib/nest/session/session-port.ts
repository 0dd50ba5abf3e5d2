import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { RootContext } from '../../socket/root-context.js';
import type { ByteAccount } from './byte-account.js';

/** What a session needs of the WebSocket under it. `Connection` is one. */
export interface SessionPort extends ByteAccount {
  /** As in the WHATWG API: 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes handed over that have not left the process. */
  readonly bufferedAmount: number;
  /** Bytes that have left the process so far; it only grows. */
  readonly sentBytes: number;
  /** The server is short of memory, and this client behind: a push to it should be dropped. */
  readonly shedsPushes: boolean;
  /** Where a call begins that has waited: whatever let it begin is another call's. */
  readonly context: RootContext;
  send(data: string | Uint8Array): void;
  sendPrepared(message: PreparedMessage): void;
  /** Writes now what was to leave at the end of the tick, unless the client is behind. */
  flush(): void;
  /** Sends a ping, which the client's WebSocket answers with the same payload. */
  ping(payload: Uint8Array): void;
  /** Stops reading: no message is delivered until `resume`, not even one already received. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
  /** Ends the connection without a closing handshake. */
  terminate(): void;
}
