import { InvalidUse } from '../../protocol/invalid-use.js';
import { isThenable } from '../waiting/is-thenable.js';
import { isObject } from './option-kinds.js';
import { showGiven } from '../values/show-given.js';

/**
 * Checks the argument of `WsModule.forRoot`. Nest copies the members of whatever it gets, and a
 * promise, a function or a list has none of them: every option would silently have its default.
 *
 * @throws InvalidUse for anything but an object
 */
export function assertModuleOptions(given: unknown): void {
  if (isThenable(given)) {
    throw new InvalidUse('WsModule.forRoot: a promise given; it waits for none: use forRootAsync');
  }
  if (isObject(given)) return;
  throw new InvalidUse(
    `WsModule.forRoot: ${showGiven(given)} given; expected an object with options`,
  );
}
