import type { PipeTransform, Type } from '@nestjs/common';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { ParamMetadata, PipeLike } from '../pipeline/param-metadata.js';
import { SchemaPipe } from '../pipeline/schema.pipe.js';
import { isStandardSchema } from '../values/standard-schema.js';

/**
 * `(prop?, ...pipes)` as Nest's own parameter decorators take it: the name may be left out. A schema
 * among the pipes becomes one that checks with it.
 *
 * @throws InvalidUse for what is neither a pipe nor a schema, as a decorator without parentheses gets,
 *   and as a pipe is in modules that import each other: without it nothing would be checked
 */
export function splitParamArguments(
  args: readonly (string | PipeLike)[],
): Omit<ParamMetadata, 'index'> {
  assertGiven(args);
  const [first, ...rest] = args;
  const data = typeof first === 'string' ? first : undefined;
  const given = data === undefined ? args : rest;
  return { data, pipes: given.map(toPipe), schema: given.find(isStandardSchema) };
}

function assertGiven(args: readonly unknown[]): void {
  const index = args.findIndex((arg) => arg === undefined || arg === null);
  if (index < 0) return;
  throw new InvalidUse(
    `a parameter decorator: argument ${index + 1} is ${String(args[index])}; expected a property's ` +
      'name, pipes or a schema (a class of a module that imports this one may be undefined here)',
  );
}

function toPipe(arg: unknown): Type<PipeTransform> | PipeTransform {
  // First, since the schemas of some libraries have a method called `transform` as well.
  if (isStandardSchema(arg)) return new SchemaPipe(arg);
  if (isPipe(arg)) return arg;
  const given = arg instanceof Object ? `an object of ${arg.constructor.name}` : String(arg);
  throw new InvalidUse(
    `a parameter decorator was given ${given}; expected a property's name, pipes or a schema, in ` +
      "parentheses: @WsPayload(), @WsPayload('text', ParseIntPipe)",
  );
}

function isPipe(arg: unknown): arg is Type<PipeTransform> | PipeTransform {
  if (typeof arg === 'function') return true;
  return typeof arg === 'object' && arg !== null && 'transform' in arg;
}
