import type { PipeTransform } from '@nestjs/common';
import { ValidationFailed } from '../errors/validation-failed.js';
import { readIssues } from '../errors/schema-fields.js';
import { isThenable } from '../is-thenable.js';
import type { SchemaResult, StandardSchema } from '../standard-schema.js';

/**
 * Checks a parameter with a Standard Schema and passes on what the schema puts out. Our own, since
 * Nest 11 has none; synchronous when the schema is.
 */
export class SchemaPipe implements PipeTransform {
  constructor(readonly schema: StandardSchema) {}

  /** @throws ValidationFailed with one entry per field. */
  transform(value: unknown): unknown {
    const result = this.schema['~standard'].validate(value);
    return isThenable(result) ? Promise.resolve(result).then(acceptResult) : acceptResult(result);
  }
}

function acceptResult(result: SchemaResult): unknown {
  if (result.issues) throw new ValidationFailed(readIssues(result.issues));
  return result.value;
}
