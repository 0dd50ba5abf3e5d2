/** As `for await` does: a source that returns no step objects would otherwise never end. */
export function assertStep(result: unknown): asserts result is IteratorResult<unknown> {
  if (typeof result === 'object' && result !== null) return;
  throw new TypeError(`the iterator gave ${String(result)}, which is no step ({ done, value })`);
}
