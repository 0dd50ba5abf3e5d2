import { InvalidUse } from '../../protocol/invalid-use.js';
import { showGiven } from '../values/show-given.js';

/** How a message begins that was written out for a socket of `@nestjs/websockets`. */
const WRITTEN_OUT = '{"event":';

/**
 * @throws InvalidUse for what is not the type of a push: an object, or a whole message as JSON, which
 *   is a string and would travel as a strange type.
 */
export function assertPushType(type: unknown): void {
  if (typeof type === 'string' && !type.startsWith(WRITTEN_OUT)) return;
  const given = typeof type === 'string' ? 'a message written as JSON' : showGiven(type);
  throw new InvalidUse(
    `send: ${given} given; expected a type and its data: send('news', { id: 1 })`,
  );
}
