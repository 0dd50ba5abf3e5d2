import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { isNestSchemaPipe } from './nest-schema-pipe.js';
import { SchemaPipe } from './schema.pipe.js';
import { exposeFieldErrors } from './expose-field-errors.js';
import { isIdle } from './is-idle.js';

/**
 * The pipes of a parameter as they will run: our schema pipe is left out if the application binds
 * that of Nest 12, validation pipes are replaced by ones whose field errors can be read, and pipes
 * that would do nothing to this parameter are left out.
 */
export function adaptPipes(
  pipes: readonly PipeTransform[],
  metadata: ArgumentMetadata,
): readonly PipeTransform[] {
  const hasNestSchemaPipe = pipes.some(isNestSchemaPipe);
  return pipes
    .filter((pipe) => !(hasNestSchemaPipe && pipe instanceof SchemaPipe && checks(pipe, metadata)))
    .filter((pipe) => !isIdle(pipe, metadata))
    .map((pipe) => exposeFieldErrors(pipe, metadata));
}

/** Whether the pipe checks the schema that Nest's pipe checks, too; a parameter may have others. */
function checks({ schema }: SchemaPipe, metadata: { readonly schema?: unknown }): boolean {
  return schema === metadata.schema;
}
