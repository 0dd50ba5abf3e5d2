import { InvalidUse } from '../../protocol/invalid-use.js';
import { assertAtLeastOne } from './assert-at-least-one.js';

/** Limits that count, of which {@link assertAtLeastOne} says more. */
const COUNTS: readonly string[] = ['maxCallsInFlight', 'credit'];

/** How many options are all named where an unknown one was given. */
const MOST_LISTED = 8;

/**
 * Throws {@link InvalidUse} for an option that is not among the known ones, and for one of another
 * kind than the known one has, unless either is undefined. Only in Node: it would not fit into what
 * a browser loads.
 *
 * @param whose what takes them, for the message: `WsClient: `, `WsClient: backoff.`
 */
export function assertOptions(whose: string, options: object, known: object): void {
  const kinds = new Map<string, unknown>(Object.entries(known));
  for (const [name, value] of Object.entries(options)) {
    if (!kinds.has(name)) {
      const hint = kinds.size > MOST_LISTED ? '' : `; there are ${[...kinds.keys()].join(', ')}`;
      throw new InvalidUse(`${whose}${name}: there is no such option${hint}`);
    }
    assertKind(whose + name, value, kinds.get(name));
    if (COUNTS.includes(name) && value !== undefined)
      assertAtLeastOne(whose + name, value as number);
  }
}

function assertKind(name: string, value: unknown, like: unknown): void {
  if (value === undefined || like === undefined) return;
  if (typeof like === 'number') assertNumber(name, value);
  else if (typeof value !== typeof like)
    refuse(name, value, typeof like === 'object' ? 'an object' : `a ${typeof like}`);
}

function assertNumber(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0)) refuse(name, value, 'a number from 0 up');
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new InvalidUse(`${name}: ${String(value)} given; expected ${expected}`);
}
