import type { FieldError } from '../../protocol/wsgate/field-error.js';

/**
 * The fields of one property of the payload, named from the payload's root: `x` of `at` is `at.x`.
 * Without a property they are the payload's own.
 *
 * @param property what a pipe is told as `data`: of a custom decorator it can be anything.
 */
export function placeFields(
  property: unknown,
  fields: readonly FieldError[],
): readonly FieldError[] {
  if (typeof property !== 'string') return fields;
  return fields.map(({ path, messages }) => ({
    path: path === '' ? property : `${property}.${path}`,
    messages,
  }));
}
