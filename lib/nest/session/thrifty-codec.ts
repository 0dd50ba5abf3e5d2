import type { WsCodec } from '../../protocol/wsgate/codec.js';

/** A codec that can tell that a message holds too much without decoding it. */
export interface ThriftyCodec extends WsCodec {
  /**
   * Undefined where a message holds no more than `maxValues` members and items; else a message of
   * the members that came before it was too much. 0 is no limit. Throws as `decode` does.
   */
  readonly headOfTooMuch: (
    data: string | Uint8Array,
    maxValues: number,
  ) => string | Uint8Array | undefined;
}

/** Those of this package are. */
export function isThrifty(codec: WsCodec): codec is ThriftyCodec {
  return 'headOfTooMuch' in codec;
}
