import { BadRequestException } from '@nestjs/common';
import type { FieldError } from '../../protocol/wsgate/field-error.js';

/**
 * A payload that does not fit its schema. A `BadRequestException` with the body Nest's own
 * `ValidationPipe` gives, so exception filters and HTTP see nothing new; on the wire `VALIDATION`.
 */
export class ValidationFailed extends BadRequestException {
  /** What is wrong, one entry per field. */
  readonly fields: readonly FieldError[];

  constructor(fields: readonly FieldError[]) {
    super(fields.flatMap(describeField));
    this.fields = fields;
  }
}

function describeField({ path, messages }: FieldError): readonly string[] {
  return path === '' ? messages : messages.map((message) => `${path}: ${message}`);
}
