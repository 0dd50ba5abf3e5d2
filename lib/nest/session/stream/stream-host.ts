import type { ByteAccount } from '../byte-account.js';
import type { Call } from '../calls/call.js';
import type { ConnectionReporter } from '../session-reporter.js';
import type { StreamEnding } from './outgoing-stream.js';
import type { EncodedItem } from './overflow-buffer.js';

/** What a stream needs of the session it belongs to. */
export interface StreamHost extends ByteAccount {
  /** Has the client credit, and the connection room? If not, the stream is woken when it has. */
  canSend(call: Call): boolean;
  /**
   * Sends one item. It may end the call (an item that cannot be encoded, a connection that breaks):
   * look at `call.isOver` afterwards.
   *
   * @param dropped how many items are missing before this one
   */
  sendNext(call: Call, item: unknown, dropped: number): void;
  /** What `sendNext` would send; undefined if no message can be made of the item. */
  encodeNext(call: Call, item: unknown, dropped: number): EncodedItem | undefined;
  /** Sends what `encodeNext` gave. */
  sendEncoded(call: Call, encoded: EncodedItem): void;
  /** The source ended, and everything it gave has been sent. Once per stream, never after `stop`. */
  streamEnded(call: Call, ending: StreamEnding, dropped: number): void;
  /** Logs what a source throws when it is disposed of. */
  readonly reporter: ConnectionReporter;
}

/**
 * What connects a stream with its client. A stream that is over drops it: its source may keep the
 * stream alive, and must not keep the connection alive.
 */
export interface StreamLink {
  readonly call: Call;
  readonly host: StreamHost;
}
