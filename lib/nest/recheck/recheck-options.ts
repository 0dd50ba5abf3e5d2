import { InvalidUse } from '../../protocol/errors.js';
import { isSameUser, type SameUser } from './same-user.js';

/**
 * When the Origin check and the handshake guards run again on connections that live, so that a
 * session that has ended does not go on. A connection they no longer let in is closed: with 4401,
 * 4403 or 4429 for a 401, 403 or 429, and with 1011 when they fail or take too long.
 */
export interface RecheckOptions {
  /** Milliseconds between two rechecks of a connection. 0 for never. Default 0. */
  readonly every?: number;
  /**
   * Types of calls and events before which it is checked: they wait for the outcome, and what the
   * connection sent after them waits behind them. `message` is every type. Default none.
   */
  readonly on?: readonly string[] | 'message';
  /**
   * Whether the guards found who they had found before; anything but `true` closes with 4401.
   * Default: the same `id`, or else `sub`, or else `_id`, or else deep equality.
   */
  readonly sameUser?: SameUser;
}

/** The defaults of {@link RecheckOptions}: no rechecks. */
export const RECHECK_DEFAULTS: Readonly<Required<RecheckOptions>> = {
  every: 0,
  on: [],
  sameUser: isSameUser,
};

/** The longest a timer of Node can wait. */
const LONGEST = 2 ** 31 - 1;

/** Whether connections are checked again at all. */
export function isRecheckOn({ every, on }: Required<RecheckOptions>): boolean {
  return every > 0 || on.length > 0;
}

/** @throws InvalidUse for what would silently check nothing. */
export function assertRecheck({ every, on, sameUser }: Required<RecheckOptions>): void {
  if (typeof every !== 'number' || !(every >= 0 && every <= LONGEST)) {
    throw new InvalidUse(`recheck.every: ${every} given; expected milliseconds up to ${LONGEST}`);
  }
  if (on !== 'message' && !isListOfTypes(on)) {
    throw new InvalidUse('recheck.on: expected a list of message types, or "message" for all');
  }
  if (typeof sameUser !== 'function') throw new InvalidUse('recheck.sameUser: expected a function');
}

function isListOfTypes(on: unknown): boolean {
  return Array.isArray(on) && on.every((type) => typeof type === 'string' && type !== '');
}
