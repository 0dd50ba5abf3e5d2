/**
 * Whether a value is taken from step by step: what a generator (`*lines()`) gives, or an iterator of
 * a collection's. Collections themselves, which are values, are not.
 */
export function isIterator(value: unknown): value is IterableIterator<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Iterator<unknown>>).next === 'function' &&
    typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
  );
}

/** The same items for who takes them with `for await`; leaving early ends the iterator. */
export async function* takeEach(
  iterator: IterableIterator<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  yield* iterator;
}
