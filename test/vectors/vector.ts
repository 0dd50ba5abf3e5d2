import type { EndpointLimits } from '../../lib/protocol/endpoint-limits.js';
import type { RuleName } from '../../lib/protocol/rules.js';
import { frame, type FrameOddities, masked } from './wire.js';

/** An event, short enough for a table. Bytes are written as Buffers. */
export type Told =
  | readonly ['text', string]
  | readonly ['binary' | 'ping' | 'pong', Buffer]
  | readonly ['close', number, string]
  | readonly ['violation', RuleName];

/** permessage-deflate as it was agreed, from the side of the endpoint under test. */
export interface Deflate {
  readonly ownBits?: number;
  readonly peerBits?: number;
  readonly ownForgets?: boolean;
  readonly peerForgets?: boolean;
}

/** Bytes a peer sends, and what an endpoint makes of them. */
export interface Vector {
  readonly name: string;
  /** The side that reads the bytes. */
  readonly role: 'server' | 'client';
  readonly bytes: Buffer;
  readonly events: readonly Told[];
  /** What the endpoint answers, as unmasked frames. Default: what RFC 6455 wants for the events. */
  readonly output?: Buffer;
  readonly limits?: Partial<EndpointLimits>;
  readonly autoPong?: boolean;
  readonly deflate?: Deflate;
  /** The violation is reported with the last byte: not later, and not before it is there. */
  readonly failsWithLastByte?: true;
  /** A limit that counts how bytes arrive: the row is run whole only. */
  readonly isAboutChunks?: true;
}

type Frame = (firstByte: number, payload: Uint8Array | string, odd?: FrameOddities) => Buffer;

/** The same row for both roles: `build` is given the way the peer of that role frames. */
export function bothRoles(
  name: string,
  build: (peerFrame: Frame) => Omit<Vector, 'name' | 'role'>,
): Vector[] {
  return [
    { name: `${name} (server reads)`, role: 'server', ...build(masked) },
    { name: `${name} (client reads)`, role: 'client', ...build(frame) },
  ];
}

/** A row whose bytes are frames that break a rule with the last byte of the last one. */
export function breaks(
  rule: RuleName,
  what: string,
  build: (peerFrame: Frame) => readonly Buffer[],
  more: Omit<Partial<Vector>, 'bytes'> = {},
): Vector[] {
  return bothRoles(`${rule}: ${what}`, (peerFrame) => ({
    bytes: Buffer.concat(build(peerFrame)),
    events: [['violation', rule]],
    ...more,
  }));
}

/** A row of legal frames. */
export function reads(
  what: string,
  build: (peerFrame: Frame) => readonly Buffer[],
  events: readonly Told[],
  more: Omit<Partial<Vector>, 'bytes' | 'events'> = {},
): Vector[] {
  return bothRoles(what, (peerFrame) => ({
    bytes: Buffer.concat(build(peerFrame)),
    events,
    ...more,
  }));
}
