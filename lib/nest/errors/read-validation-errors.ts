import type { ValidationError } from '@nestjs/common';
import type { FieldError } from '../../protocol/wsgate/field-error.js';
import { groupByPath } from './group-by-path.js';

/** The errors of class-validator, by field. Values and targets, which are the payload, stay out. */
export function readValidationErrors(errors: readonly ValidationError[]): readonly FieldError[] {
  return groupByPath(walk(errors));
}

/** Not recursive: the payload decides how deep the errors go. */
function* walk(errors: readonly ValidationError[]): Generator<readonly [string, string]> {
  const pending = errors.map((error) => ({ error, path: error.property })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { error, path } = next;
    for (const message of Object.values(error.constraints ?? {})) yield [path, message];
    for (const child of (error.children ?? []).toReversed()) {
      pending.push({ error: child, path: `${path}.${child.property}` });
    }
  }
}
