import { findStreamBindings, type StreamBindings } from './tcp-internals.js';

/** What the connections of a server share to go the fast lane. */
export interface FastLane {
  readonly bindings: StreamBindings;
  /** Every read of every connection goes in here. */
  readonly readBuffer: Buffer;
}

/** The fast lane, or undefined where Node's internals are not as it expects them. */
export function openFastLane(readBuffer: Buffer): FastLane | undefined {
  const bindings = findStreamBindings();
  return bindings && { bindings, readBuffer };
}
