import { CUSTOM_ROUTE_ARGS, ROUTE_ARGS_METADATA } from '../framework/metadata-keys.js';
import type { ParamMetadata } from '../pipeline/param-metadata.js';

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
