import { InvalidUse } from '../../invalid-use.js';

/** Options of permessage-deflate, under the names `ws` has for them. */
export interface DeflateOptions {
  /** Forget the server's compression window after each message. Default false. */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** Ask the client to forget its compression window after each message. Default false. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /**
   * Largest window the server compresses with, as a power of two, 8 to 15. With 8, which zlib cannot
   * compress with, it compresses nothing. Default: 15, or less if the client asks.
   */
  readonly serverMaxWindowBits?: number | undefined;
  /**
   * Largest window the client may compress with, as a power of two, 8 to 15. With 8 our client
   * compresses nothing, and others that use zlib fail to connect. Default: 15.
   */
  readonly clientMaxWindowBits?: number | undefined;
  /** Messages of fewer bytes than this are sent as they are. Default 1 024. */
  readonly threshold?: number | undefined;
  /** How hard to compress: zlib's `level` (-1 to 9, default 6) and `memLevel` (1 to 9, default 8). */
  readonly zlibDeflateOptions?: { readonly level?: number; readonly memLevel?: number } | undefined;
}

/** Throws {@link InvalidUse} for a number zlib or RFC 7692 has no use for. */
export function assertDeflateOptions(options: DeflateOptions): void {
  const { serverMaxWindowBits, clientMaxWindowBits, zlibDeflateOptions: zlib = {} } = options;
  assertInteger('serverMaxWindowBits', serverMaxWindowBits, 8, 15);
  assertInteger('clientMaxWindowBits', clientMaxWindowBits, 8, 15);
  assertInteger('zlibDeflateOptions.level', zlib.level, -1, 9);
  assertInteger('zlibDeflateOptions.memLevel', zlib.memLevel, 1, 9);
  assertThreshold(options.threshold);
}

/** `Infinity` is allowed: then nothing is compressed, but what the peer compressed is inflated. */
function assertThreshold(given: number | undefined): void {
  if (given === undefined || (typeof given === 'number' && given >= 0)) return;
  throw new InvalidUse(
    `perMessageDeflate.threshold: ${String(given)} given; expected bytes from 0 up`,
  );
}

function assertInteger(name: string, given: number | undefined, least: number, most: number): void {
  if (given === undefined) return;
  if (Number.isInteger(given) && given >= least && given <= most) return;
  throw new InvalidUse(
    `perMessageDeflate.${name}: ${given} given; expected an integer, ${least} to ${most}`,
  );
}
