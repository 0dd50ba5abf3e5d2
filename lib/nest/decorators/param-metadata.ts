import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS, ROUTE_ARGS_METADATA } from '../constants.js';
import type { StandardSchema } from '../standard-schema.js';

/** A pipe as decorators take it: a class to inject or an instance. */
export type PipeLike = Type<PipeTransform> | PipeTransform;

/** Reads the value of a parameter that is none of Nest's own sources. */
export type ParamFactory = (data: unknown, context: ExecutionContext) => unknown;

/** One decorated parameter, in the shape Nest keeps it in. */
export interface ParamMetadata {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes: readonly PipeLike[];
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
function readParams(
  host: object,
  method: string | symbol,
): Readonly<Record<string, ParamMetadata>> {
  const params: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, host, method);
  return (params ?? {}) as Readonly<Record<string, ParamMetadata>>;
}

/** `(prop?, ...pipes)` as Nest's own parameter decorators take it: the name may be left out. */
export function splitParamArguments(args: readonly (string | PipeLike | undefined)[]): {
  readonly data: string | undefined;
  readonly pipes: readonly PipeLike[];
} {
  const [first] = args;
  const data = typeof first === 'string' ? first : undefined;
  return {
    data,
    pipes: args.filter((arg) => typeof arg === 'object' || typeof arg === 'function'),
  };
}
