import { kindOf, milliseconds, type OptionKinds } from './option-kinds.js';
import { isSameUser, type SameUser } from './same-user.js';

/**
 * When the Origin check and the handshake guards run again on connections that live, so that a
 * session that has ended does not go on. A connection they no longer let in is closed: with 4401,
 * 4403 or 4429 for a 401, 403 or 429, and with 1011 when they fail or take too long.
 */
export interface RecheckOptions {
  /** Milliseconds between two rechecks of a connection. 0: never. Default 0. */
  readonly every?: number | undefined;
  /**
   * Types of calls and events before which it is checked: they wait for the outcome, and what the
   * connection sent after them waits for them, too. `message` is every type. Default none.
   */
  readonly on?: readonly string[] | 'message' | undefined;
  /**
   * Whether the guards found who they had found before; anything but `true` closes with 4401.
   * Default: the same `id`, or else `sub`, or else `_id`, or else deep equality.
   */
  readonly sameUser?: SameUser | undefined;
}

/** The defaults of {@link RecheckOptions}: no rechecks. */
export const RECHECK_DEFAULTS: Readonly<Required<RecheckOptions>> = {
  every: 0,
  on: [],
  sameUser: isSameUser,
};

/** What {@link RecheckOptions} may be: nothing that would silently check nothing. */
export const RECHECK_KINDS: Readonly<OptionKinds<RecheckOptions>> = {
  every: milliseconds('never'),
  on: kindOf("a list of message types, or 'message' for all", isOnTypes),
  sameUser: kindOf('a function', (value) => typeof value === 'function'),
};

/** Whether connections are rechecked at all. */
export function isRecheckOn({ every, on }: Required<RecheckOptions>): boolean {
  return every > 0 || on.length > 0;
}

function isOnTypes(on: unknown): boolean {
  if (on === 'message') return true;
  return Array.isArray(on) && on.every((type) => typeof type === 'string' && type !== '');
}
