import { InvalidUse } from '../protocol/invalid-use.js';

/** Throws {@link InvalidUse} for a limit below 1, with which nothing would move. */
export function assertAtLeastOne(name: string, value: number): void {
  if (value >= 1) return;
  throw new InvalidUse(`${name}: ${value} given; expected a number from 1 up`);
}
