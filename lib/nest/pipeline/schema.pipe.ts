import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { placeFields } from '../errors/place-fields.js';
import { ValidationFailed } from '../errors/validation-failed.js';
import { readIssues } from '../errors/read-issues.js';
import { isThenable } from '../waiting/is-thenable.js';
import type { SchemaResult, StandardSchema } from '../values/standard-schema.js';

/**
 * Checks a parameter with a Standard Schema and passes on what the schema puts out. Our own, since
 * Nest 11 has none; synchronous when the schema is.
 */
export class SchemaPipe implements PipeTransform {
  constructor(readonly schema: StandardSchema) {}

  /** @throws ValidationFailed with one entry per field. */
  transform(value: unknown, { data }: ArgumentMetadata): unknown {
    const result = this.schema['~standard'].validate(value);
    if (!isThenable(result)) return acceptResult(result, data);
    return Promise.resolve(result).then((settled) => acceptResult(settled, data));
  }
}

function acceptResult(result: SchemaResult, property: string | undefined): unknown {
  if (result.issues) throw new ValidationFailed(placeFields(property, readIssues(result.issues)));
  return result.value;
}
