import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS, ROUTE_ARGS_METADATA } from '../constants.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { SchemaPipe } from '../pipeline/schema.pipe.js';
import { isStandardSchema, type StandardSchema } from '../standard-schema.js';

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

/**
 * Decorates a parameter with one of Nest's sources (its number) or with a source of our own (its
 * name and factory). Written by hand because Nest's helper changed its signature in 12.
 */
export function createParam(
  source: number | string,
  metadata: Omit<ParamMetadata, 'index'>,
): ParameterDecorator {
  const prefix = typeof source === 'number' ? String(source) : source + CUSTOM_ROUTE_ARGS;
  return (target, method, index) => {
    if (method === undefined) return;
    const inherited = readParams(target.constructor, method);
    const others = Object.entries(inherited).filter(([, param]) => param.index !== index);
    const params = {
      ...Object.fromEntries(others),
      [`${prefix}:${index}`]: { ...metadata, index },
    };
    Reflect.defineMetadata(ROUTE_ARGS_METADATA, params, target.constructor, method);
  };
}

/** The decorated parameters of a method, by Nest's keys (`source:index`). */
export function readParams(
  host: object,
  method: string | symbol,
): Readonly<Record<string, ParamMetadata>> {
  const params: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, host, method);
  return (params ?? {}) as Readonly<Record<string, ParamMetadata>>;
}

/**
 * `(prop?, ...pipes)` as Nest's own parameter decorators take it: the name may be left out. A schema
 * among the pipes becomes one that checks with it.
 *
 * @throws InvalidUse for what is neither a pipe nor a schema, as a decorator without parentheses gets
 */
export function splitParamArguments(
  args: readonly (string | PipeLike | undefined)[],
): Omit<ParamMetadata, 'index'> {
  const [first, ...rest] = args;
  const data = typeof first === 'string' ? first : undefined;
  const given = (data === undefined ? args : rest).filter((arg) => arg !== undefined);
  return { data, pipes: given.map(toPipe), schema: given.find(isStandardSchema) };
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
