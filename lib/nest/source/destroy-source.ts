import { isAsyncIterable } from './is-async-iterable.js';
import { ignoreStreamErrors } from './ignore-stream-errors.js';

/**
 * Destroys a source that nobody reads any more, if it is a Node stream. Calling `return` on its
 * iterator would not do: before the first item it has no effect, and while an item is awaited it
 * waits as well; meanwhile the stream keeps its file open.
 *
 * @returns what `destroy` returns: sources of the application may return a promise, which may reject
 * @throws what the source throws
 */
export function destroySource(source: unknown): unknown {
  if (!isAsyncIterable(source)) return undefined;
  const { destroy } = source as { readonly destroy?: unknown };
  if (typeof destroy !== 'function') return undefined;
  ignoreStreamErrors(source);
  return destroy.call(source);
}
