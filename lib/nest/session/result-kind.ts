import { isThenable } from '../is-thenable.js';
import { isAsyncIterable, isObservableLike } from './stream/stream-kind.js';

/** What a handler gave back, by how it is answered. */
export type Result =
  | { readonly kind: 'value' }
  | { readonly kind: 'promise' }
  | { readonly kind: 'iterable' }
  | { readonly kind: 'observable' };

/** Names the kind of a handler's result. Throws what a getter of the result throws. */
export function kindOfResult(result: unknown): Result['kind'] {
  if (typeof result !== 'object' || result === null) return 'value';
  if (isThenable(result)) return 'promise';
  if (isAsyncIterable(result)) return 'iterable';
  if (isObservableLike(result)) return 'observable';
  return 'value';
}
