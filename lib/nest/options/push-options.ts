import { atLeast, oneOf, type OptionKinds } from './option-kinds.js';

/** What happens to pushes for a client that reads too slowly. */
export type PushPolicy = 'close' | 'drop' | 'latest';

/** What to do with pushes to a slow reader. */
export interface PushOptions {
  /**
   * - `close`: the connection is closed with 1013.
   * - `drop`: the new push is dropped, and counted.
   * - `latest`: one push per type waits, the newest.
   *
   * Default `close`.
   */
  readonly policy?: PushPolicy | undefined;
  /** Bytes waiting in the connection from which the policy holds; at least 1. Default 1 MiB. */
  readonly highWaterMark?: number | undefined;
  /**
   * Bytes of pushes that `latest` keeps, over all types; beyond it the oldest are dropped, and
   * counted. Default 1 MiB.
   */
  readonly maxHeld?: number | undefined;
}

const MIB = 1024 * 1024;

/** The defaults of {@link PushOptions}. */
export const PUSH_DEFAULTS: Readonly<Required<PushOptions>> = {
  policy: 'close',
  highWaterMark: MIB,
  maxHeld: MIB,
};

/** The kinds of values {@link PushOptions} take. */
export const PUSH_KINDS: Readonly<OptionKinds<PushOptions>> = {
  policy: oneOf('close', 'drop', 'latest'),
  // With 0 there would never be room: the policy would apply to every push, and nothing would be
  // read.
  highWaterMark: atLeast(1),
  maxHeld: atLeast(0),
};
