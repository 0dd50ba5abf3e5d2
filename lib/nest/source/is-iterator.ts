/**
 * Whether a value is an iterator: what a generator function (`*lines()`) returns, or an iterator of
 * a collection. Collections themselves are not; they are values.
 */
export function isIterator(value: unknown): value is IterableIterator<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Iterator<unknown>>).next === 'function' &&
    typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  );
}

/** The same items for whoever takes them with `for await`; leaving early ends the iterator. */
export async function* takeEach(
  iterator: IterableIterator<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  yield* iterator;
}
