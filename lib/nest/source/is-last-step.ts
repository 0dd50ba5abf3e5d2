/**
 * Whether a step says that its iterator has ended. As `for await` has it, any `done` that is truthy
 * says so.
 *
 * @throws TypeError for what is no step, since a source of such would never end; and what a getter
 *   of the step throws: an iterator of the application may give anything.
 */
export function isLastStep(step: IteratorResult<unknown>): step is IteratorReturnResult<unknown> {
  const given: unknown = step;
  if (typeof given === 'object' && given !== null) return Boolean(step.done);
  throw new TypeError(`the iterator gave ${String(given)}, which is no step ({ done, value })`);
}
