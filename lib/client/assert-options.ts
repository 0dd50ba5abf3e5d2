import { InvalidUse } from '../protocol/invalid-use.js';

/** The longest time a timer can wait, in milliseconds: with a longer one it would not wait at all. */
const LONGEST = 2 ** 31 - 1;

/** Limits with which nothing would move if they were 0. */
const AT_LEAST_ONE: readonly string[] = ['maxCallsInFlight', 'credit'];

/**
 * Throws {@link InvalidUse} for an option that is not among the defaults, and for one of another kind
 * than its default, unless that is undefined.
 */
export function assertOptions(options: object, defaults: object): void {
  const kinds = new Map<string, unknown>(Object.entries(defaults));
  for (const [name, value] of Object.entries(options)) {
    const like = kinds.get(name);
    if (!kinds.has(name)) throw new InvalidUse(`unknown option "${name}"`);
    if (value === undefined) continue;
    if (typeof like === 'number') assertNumber(name, value);
    else if (like !== undefined && typeof value !== typeof like) refuse(name, value, typeof like);
  }
}

/**
 * Throws {@link InvalidUse} for what is no number, or too small; where the name ends in `Ms`, for
 * more than a timer can wait.
 */
export function assertNumber(name: string, value: unknown): void {
  const least = AT_LEAST_ONE.includes(name) ? 1 : 0;
  const most = name.endsWith('Ms') ? LONGEST : Infinity;
  if (typeof value === 'number' && value >= least && value <= most) return;
  refuse(name, value, `number from ${least} to ${most}`);
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new InvalidUse(`${name}: ${String(value)} given; expected a ${expected}`);
}
