import { InvalidUse } from '../../errors.js';

/** Options of permessage-deflate, under the names `ws` has for them. */
export interface DeflateOptions {
  /** Forget the server's compression window after each message. Default false. */
  readonly serverNoContextTakeover?: boolean;
  /** Ask the client to forget its compression window after each message. Default false. */
  readonly clientNoContextTakeover?: boolean;
  /** Largest window the server compresses with, as a power of two, 8 to 15. Default: 15, or less if the client asks. */
  readonly serverMaxWindowBits?: number;
  /** Largest window the client may compress with, as a power of two, 8 to 15. Default: 15. */
  readonly clientMaxWindowBits?: number;
  /** Messages of fewer bytes than this are sent as they are. Default 1024. */
  readonly threshold?: number;
  /** How hard to compress: zlib's `level` (default 6) and `memLevel` (default 8). */
  readonly zlibDeflateOptions?: { readonly level?: number; readonly memLevel?: number };
}

/** Throws {@link InvalidUse} for a window that is not one. */
export function assertDeflateOptions(options: DeflateOptions): void {
  for (const name of ['serverMaxWindowBits', 'clientMaxWindowBits'] as const) {
    const bits = options[name];
    if (bits !== undefined && !(Number.isInteger(bits) && bits >= 8 && bits <= 15)) {
      throw new InvalidUse(
        `perMessageDeflate.${name}: ${bits} given; expected an integer, 8 to 15`,
      );
    }
  }
}
