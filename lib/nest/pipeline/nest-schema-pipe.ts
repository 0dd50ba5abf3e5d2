import * as common from '@nestjs/common';
import type { PipeTransform, Type } from '@nestjs/common';

/** `StandardSchemaValidationPipe`. Nest 11 has no such class, so it cannot be imported by name. */
export const NEST_SCHEMA_PIPE: Type<PipeTransform> | undefined = (common as Partial<typeof common>)
  .StandardSchemaValidationPipe;

/** Whether the application binds that of Nest 12, and not ours. */
export function isNestSchemaPipe(pipe: PipeTransform): boolean {
  return NEST_SCHEMA_PIPE !== undefined && pipe instanceof NEST_SCHEMA_PIPE;
}
