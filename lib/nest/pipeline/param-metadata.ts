import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import type { StandardSchema } from '../values/standard-schema.js';

/** A pipe as decorators take it: a class to inject, an instance, or a Standard Schema. */
export type PipeLike = Type<PipeTransform> | PipeTransform | StandardSchema;

/** Reads the value of a parameter that is none of Nest's own sources. */
export type ParamFactory = (data: unknown, context: ExecutionContext) => unknown;

/** One decorated parameter, in the shape Nest keeps it in. */
export interface ParamMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes: readonly (Type<PipeTransform> | PipeTransform)[];
  readonly schema?: StandardSchema | undefined;
  readonly factory?: ParamFactory;
}
