import { InvalidUse } from '../../protocol/invalid-use.js';

/** Throws {@link InvalidUse} for a limit that is not 1, 2, 3 ... or `Infinity`. */
export function assertAtLeastOne(name: string, value: number): void {
  // Below 1 nothing would move, and the server refuses a fraction.
  if (value >= 1 && Math.ceil(value) === value) return;
  throw new InvalidUse(`${name}: ${value} given; expected a whole number from 1 up`);
}
