import { InvalidUse } from '../../protocol/invalid-use.js';
import { isToken } from '../../protocol/handshake/tokens.js';
import {
  assertOptions,
  kindOf,
  type OptionKind,
  type OptionKinds,
} from '../options/option-kinds.js';

/** Which cookie says who is there, and how it is signed. */
export interface CookieGuardOptions {
  /** The cookie's name. */
  readonly cookie: string;
  /**
   * The secrets that may have signed it, the newest first; an old one is kept until its cookies
   * have run out. Without this option the cookie is taken as it is.
   */
  readonly secrets?: string | readonly string[];
}

/** The error does not show what was given: it may be a secret. */
const usableSecrets: OptionKind = (name, value) => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const at = list.findIndex((secret) => typeof secret !== 'string' || secret === '');
  if (at === -1 && list.length > 0) return;
  const given = list.length === 0 ? 'an empty list' : describeKind(list[at]);
  const where = Array.isArray(value) && list.length > 0 ? `${name}[${at}]` : name;
  throw new InvalidUse(
    `${where}: ${given} given; expected a text that is not empty, or a list of such`,
  );
};

function describeKind(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value === '') return 'an empty text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const KINDS: Readonly<OptionKinds<CookieGuardOptions>> = {
  cookie: kindOf(
    "the name of a cookie: 'sid'",
    (value) => typeof value === 'string' && isToken(value),
  ),
  secrets: usableSecrets,
};

/**
 * Checks what a `CookieGuard` was given. An option that is given as `undefined` is a mistake here: a
 * secret the environment does not have would leave cookies unsigned.
 *
 * @param owner the class of the guard
 * @throws InvalidUse for an option that is unknown, missing, or of another kind
 */
export function assertCookieGuardOptions(owner: string, options: CookieGuardOptions): void {
  assertOptions(owner, KINDS, options);
  KINDS.cookie(`${owner}: cookie`, options.cookie);
  if ('secrets' in options) KINDS.secrets(`${owner}: secrets`, options.secrets);
}
