import * as common from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { SchemaPipe } from './schema.pipe.js';
import { isIdle, seeFieldErrors } from './validation-lens.js';

/**
 * The pipes of a parameter as they will run: without a schema step of ours where the application
 * binds Nest 12's own, with validation pipes whose field errors can be seen, and without those that
 * would do nothing to this parameter.
 */
export function adaptPipes(
  pipes: readonly PipeTransform[],
  metadata: ArgumentMetadata,
): readonly PipeTransform[] {
  const hasNestSchemaPipe = pipes.some(isNestSchemaPipe);
  return pipes
    .filter((pipe) => !(hasNestSchemaPipe && pipe instanceof SchemaPipe && checks(pipe, metadata)))
    .filter((pipe) => !isIdle(pipe, metadata))
    .map(seeFieldErrors);
}

/** Whether it is the schema that Nest's pipe is told of; a parameter may have further ones. */
function checks({ schema }: SchemaPipe, metadata: { readonly schema?: unknown }): boolean {
  return schema === metadata.schema;
}

/** Nest 11 has no such class, so it cannot be imported by name. */
function isNestSchemaPipe(pipe: PipeTransform): boolean {
  const { StandardSchemaValidationPipe: nestPipe } = common as Partial<typeof common>;
  return nestPipe !== undefined && pipe instanceof nestPipe;
}
