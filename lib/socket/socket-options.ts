import type { GivenLimits } from '../protocol/endpoint-limits.js';
import { InvalidUse } from '../protocol/invalid-use.js';
import type { DeflateOptions } from '../protocol/extensions/permessage-deflate/deflate-options.js';
import { LONGEST_TIMEOUT } from './deadline.js';

/** Options both ends have, under the names of `ws`. A limit of 0 is off. */
export interface SocketOptions extends GivenLimits {
  /** Whether pings are answered without being asked. Default true. */
  readonly autoPong?: boolean | undefined;
  /** Milliseconds from the first Close frame until the TCP connection is destroyed. Default 5 000. */
  readonly closeTimeout?: number | undefined;
  /**
   * permessage-deflate (RFC 7692): false, true, or its options. Default: false on a
   * server, true on a client.
   */
  readonly perMessageDeflate?: boolean | DeflateOptions | undefined;
}

/** Milliseconds a closing handshake may take. */
export const DEFAULT_CLOSE_TIMEOUT = 5000;

/** Milliseconds an opening handshake may take. */
export const DEFAULT_HANDSHAKE_TIMEOUT = 10_000;

/** The options as an object, or undefined where the extension is off. */
export function deflateOptionsOf(
  given: boolean | DeflateOptions | undefined,
  byDefault: boolean,
): DeflateOptions | undefined {
  const value = given ?? byDefault;
  return typeof value === 'object' ? value : value ? {} : undefined;
}

/** A duration in milliseconds; throws {@link InvalidUse} naming the option for anything else. */
export function durationOf(name: string, given: number | undefined, byDefault: number): number {
  const value = given ?? byDefault;
  if (!(value >= 0 && value <= LONGEST_TIMEOUT)) {
    throw new InvalidUse(`${name}: ${value} given; expected milliseconds from 0 (off) up`);
  }
  return value;
}
