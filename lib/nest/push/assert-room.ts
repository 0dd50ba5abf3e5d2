import { inspect } from 'node:util';
import { InvalidUse } from '../../protocol/errors.js';

/**
 * A parameter of the path that is misspelt is `undefined`, and types do not tell.
 *
 * @param where the method it was given to
 * @throws InvalidUse if it is not a string.
 */
export function assertRoom(room: unknown, where: string): void {
  if (typeof room === 'string') return;
  const given = inspect(room, { depth: -1 });
  throw new InvalidUse(`${where}: a room is a string; ${given} given`);
}
