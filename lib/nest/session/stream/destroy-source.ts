import { isAsyncIterable } from '../../is-async-iterable.js';
import { hearErrors } from './hear-errors.js';

/**
 * Destroys a source that nobody takes from any more, if it is a Node stream. Its iterator's `return`
 * alone would not: before the first item it does nothing, and while an item is awaited it waits as
 * well, and the stream holds its file all the while.
 *
 * @throws what the source throws
 */
export function destroySource(source: unknown): void {
  if (!isAsyncIterable(source)) return;
  const { destroy } = source as { readonly destroy?: unknown };
  if (typeof destroy !== 'function') return;
  hearErrors(source);
  destroy.call(source);
}
