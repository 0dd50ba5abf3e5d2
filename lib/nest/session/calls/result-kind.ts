import { isAsyncIterable } from '../../source/is-async-iterable.js';
import { isIterator } from '../../source/is-iterator.js';
import { isThenable } from '../../waiting/is-thenable.js';
import { isObservableLike } from '../../source/is-observable-like.js';

/** What a handler gave back, by how it is answered. */
export type ResultKind = 'value' | 'promise' | 'iterable' | 'observable';

/** Names the kind of a handler's result. Throws what a getter of the result throws. */
export function kindOfResult(result: unknown): ResultKind {
  if (typeof result !== 'object' || result === null) return 'value';
  if (isThenable(result)) return 'promise';
  if (isAsyncIterable(result) || isIterator(result)) return 'iterable';
  if (isObservableLike(result)) return 'observable';
  return 'value';
}
