import { InvalidUse } from '../../protocol/invalid-use.js';
import { showGiven } from '../values/show-given.js';

/**
 * A parameter of the path that is misspelt is `undefined`, and types do not tell.
 *
 * @param where the method it was given to
 * @throws InvalidUse if it is not a string.
 */
export function assertRoom(room: unknown, where: string): void {
  if (typeof room === 'string') return;
  const hint = room === undefined ? ': a parameter that the path has not?' : '';
  throw new InvalidUse(`${where}: a room is a string; ${showGiven(room)} given${hint}`);
}
