import type { ByteAccount } from '../byte-account.js';
import type { StreamEnding } from './outgoing-stream.js';
import type { EncodedItem } from './overflow-buffer.js';

/**
 * What connects a stream with its client. A stream that is over drops it: its source may keep the
 * stream alive, and must not keep the connection alive.
 */
export interface StreamLink {
  /** May an item be sent? If not, the stream is woken when one may. */
  canSend(): boolean;
  /**
   * Sends one item. That may stop the stream: the item cannot be encoded, or the connection breaks.
   *
   * @param dropped how many items are missing before this one; default none
   */
  send(item: unknown, dropped?: number): void;
  /**
   * The source ended, and everything it gave has been sent. Once per stream, never after `stop`.
   *
   * @param dropped how many items are missing at the end; default none
   */
  ended(ending: StreamEnding, dropped?: number): void;
}

/** A link on which items may wait, encoded, until they can be sent. */
export interface BufferedLink extends StreamLink, ByteAccount {
  /** What `send` would send; undefined if no message can be made of the item. */
  encode(item: unknown, dropped: number): EncodedItem | undefined;
  /** Sends what `encode` gave. */
  sendEncoded(encoded: EncodedItem): void;
}
