import { InvalidUse } from './invalid-use.js';

/** Limits on what a peer may send; 0 switches one off. Shared by every endpoint of a server. */
export interface EndpointLimits {
  /** Bytes in a message, after inflating. Default 1 MiB; 0: as many as a string can hold (512 MiB). */
  readonly maxPayload: number;
  /** Fragments in a message. Default 131 072, enough for 1 MiB in pieces of 8 bytes. */
  readonly maxFragments: number;
  /**
   * Pieces, as they arrive from the transport, of a message that is still
   * incomplete. Default 262 144.
   */
  readonly maxBufferedChunks: number;
  /**
   * Answers to pings that wait to be taken. Past it only the newest ping is answered, as RFC 6455
   * 5.5.3 allows. Default 60.
   */
  readonly maxPendingAutoPongs: number;
}

/** Those that are given; undefined is as good as absent. */
export type GivenLimits = {
  readonly [Name in keyof EndpointLimits]?: EndpointLimits[Name] | undefined;
};

/** The limits in force where none are given. */
export const DEFAULT_LIMITS: EndpointLimits = {
  maxPayload: 1024 * 1024,
  maxFragments: 128 * 1024,
  maxBufferedChunks: 256 * 1024,
  maxPendingAutoPongs: 60,
};

/** Fills in what is absent; throws {@link InvalidUse} for what is not a limit. */
export function resolveLimits(given: GivenLimits): EndpointLimits {
  const limits = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof EndpointLimits)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 0) {
      throw new InvalidUse(`${name}: ${value} given; expected an integer from 0 (off) up`);
    }
    limits[name] = value;
  }
  return limits;
}
