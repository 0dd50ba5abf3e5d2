import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS, ROUTE_ARGS_METADATA } from '../framework/metadata-keys.js';
import { PARAM_SOURCE } from '../framework/param-source.js';
import type { ParamMetadata } from './param-metadata.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { ContextUtils } from '../framework/nest-internals.js';
import { isStandardSchema } from '../values/standard-schema.js';
import { adaptPipes } from './adapt-pipes.js';
import type { CompiledParam } from './compiled-param.js';
import type { EnhancerFactory, EnhancerHost } from './enhancer-factory.js';
import { createReader } from './create-reader.js';
import { UntypedPayloads } from './untyped-payloads.js';

/** Parameters of a method without a single parameter decorator: `(connection, payload)`. */
const DEFAULT_PARAMS: Readonly<Record<string, ParamMetadata>> = {
  [`${PARAM_SOURCE.connection}:0`]: { index: 0, pipes: [] },
  [`${PARAM_SOURCE.payload}:1`]: { index: 1, pipes: [] },
};

/**
 * The sources, besides custom ones, whose values go through pipes, and how they are named to the
 * pipes.
 */
const PIPE_TYPES: ReadonlyMap<number, ArgumentMetadata['type']> = new Map([
  [PARAM_SOURCE.payload, 'body'],
  [PARAM_SOURCE.query, 'query'],
  [PARAM_SOURCE.param, 'param'],
]);

/** Turns the parameter decorators of a method into steps. */
export class ParamCompiler {
  readonly #enhancers: EnhancerFactory;
  readonly #utils = new ContextUtils();
  readonly #untyped = new UntypedPayloads();

  constructor(enhancers: EnhancerFactory) {
    this.#enhancers = enhancers;
  }

  /**
   * @param pipes the global, class and method pipes, in order.
   * @throws InvalidUse for a schema among these
   */
  compile(
    host: EnhancerHost,
    methodName: string,
    pipes: readonly PipeTransform[],
  ): readonly CompiledParam[] {
    const types = this.#utils.reflectCallbackParamtypes(host.instance, methodName);
    const declared = this.#utils.reflectCallbackMetadata<typeof DEFAULT_PARAMS | undefined>(
      host.instance,
      methodName,
      ROUTE_ARGS_METADATA,
    );
    const label = `${host.instance.constructor.name}.${methodName}`;
    assertNoSchema(label, pipes);
    return Object.entries(declared ?? DEFAULT_PARAMS).map(([key, param]) => {
      const all = [...pipes, ...this.#enhancers.createParamPipes(host, param.pipes)];
      const compiled = compileParam(key, param, types?.[param.index], all);
      if (types === undefined) this.#untyped.look(label, compiled, all);
      return compiled;
    });
  }
}

/** The `transform` of some schemas, which makes new schemas, passes for that of a pipe. */
function assertNoSchema(label: string, pipes: readonly PipeTransform[]): void {
  if (!pipes.some(isStandardSchema)) return;
  throw new InvalidUse(
    `${label} has a schema among its pipes, which would check nothing: write @WsPayload(schema)`,
  );
}

function compileParam(
  key: string,
  param: ParamMetadata,
  type: unknown,
  pipes: readonly PipeTransform[],
): CompiledParam {
  const { index, data, factory } = param;
  const isCustom = key.includes(CUSTOM_ROUTE_ARGS);
  const source = Number.parseInt(key, 10);
  const isPipeable = isCustom || PIPE_TYPES.has(source);
  const metadata = describeParam(param, type, isCustom ? 'custom' : PIPE_TYPES.get(source));
  return {
    index,
    extract: isCustom
      ? (_args, context) => context && factory?.(data, context)
      : createReader(source, data),
    needsContext: isCustom,
    isPipeable,
    pipes: isPipeable ? adaptPipes(pipes, metadata) : [],
    metadata,
  };
}

/** A metatype that is not a class would mislead a pipe: some compilers emit an enum there. */
function describeParam(
  { data, schema }: ParamMetadata,
  type: unknown,
  source: ArgumentMetadata['type'] = 'custom',
): ArgumentMetadata {
  return {
    type: source,
    metatype: typeof type === 'function' ? (type as ArgumentMetadata['metatype']) : undefined,
    data: data as string | undefined,
    ...(schema !== undefined && { schema }),
  };
}
