import { InvalidUse } from '../../protocol/invalid-use.js';

/**
 * Type checkers see a class decorator on a method; compilers that only strip types do not.
 *
 * @throws InvalidUse naming the decorator and where it stands.
 */
export function assertOnClass(decorator: string, target: object): void {
  if (typeof target === 'function') return;
  const owner = target.constructor.name;
  throw new InvalidUse(`${decorator} stands on a member of ${owner}; it is for the class itself`);
}
