import type { WsCodec } from '../../../protocol/wsgate/codec.js';

/** A codec that can find out without decoding a message that it has too many values. */
export interface ScanningCodec extends WsCodec {
  /**
   * Undefined if a message has at most `maxValues` members and items. Otherwise a message of those
   * members that were complete when the limit was reached, which usually include the id. 0: no
   * limit. Throws as `decode` does.
   */
  readonly headIfTooLarge: (
    data: string | Uint8Array,
    maxValues: number,
  ) => string | Uint8Array | undefined;
}

/** Whether a codec is one: those of this package are. */
export function isScanning(codec: WsCodec): codec is ScanningCodec {
  return 'headIfTooLarge' in codec;
}
