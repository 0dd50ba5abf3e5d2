import { InvalidUse } from '../protocol/invalid-use.js';
import { assertAtLeastOne } from './assert-at-least-one.js';

/** Limits that count, of which {@link assertAtLeastOne} says more. */
const COUNTS: readonly string[] = ['maxCallsInFlight', 'credit'];

/**
 * Throws {@link InvalidUse} for an option that is not among the known ones, and for one of another
 * kind than the known one has, unless either is undefined. Only in Node: it would not fit into what
 * a browser loads.
 */
export function assertOptions(options: object, known: object): void {
  const kinds = new Map<string, unknown>(Object.entries(known));
  for (const [name, value] of Object.entries(options)) {
    if (!kinds.has(name)) throw new InvalidUse(`unknown option "${name}"`);
    assertKind(name, value, kinds.get(name));
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
  if (COUNTS.includes(name)) assertAtLeastOne(name, value);
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new InvalidUse(`${name}: ${String(value)} given; expected ${expected}`);
}
