import { InvalidUse } from '../protocol/invalid-use.js';
import { isThenable } from './is-thenable.js';
import { isObject } from './options/option-kinds.js';
import { showGiven } from './show-given.js';

/**
 * Looks at what `WsModule.forRoot` was given. Nest takes the members of whatever it is: of a
 * promise, a function or a list there are none, and every option would have its default.
 *
 * @throws InvalidUse for what is no object with options
 */
export function assertNow(given: unknown): void {
  if (isThenable(given)) {
    throw new InvalidUse('WsModule.forRoot: a promise given; it waits for none: use forRootAsync');
  }
  if (isObject(given)) return;
  throw new InvalidUse(
    `WsModule.forRoot: ${showGiven(given)} given; expected an object with options`,
  );
}
