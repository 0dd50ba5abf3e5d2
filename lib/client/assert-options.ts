import { InvalidUse } from '../protocol/invalid-use.js';

/** Limits with which nothing would move if they were 0. */
const AT_LEAST_ONE: readonly string[] = ['maxCallsInFlight', 'credit'];

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
  else if (typeof value !== typeof like) refuse(name, value, typeof like);
}

function assertNumber(name: string, value: unknown): void {
  const least = AT_LEAST_ONE.includes(name) ? 1 : 0;
  if (typeof value === 'number' && value >= least) return;
  refuse(name, value, `number from ${least} up`);
}

function refuse(name: string, value: unknown, expected: string): never {
  throw new InvalidUse(`${name}: ${String(value)} given; expected a ${expected}`);
}
