import { PARAM_SOURCE } from '../framework/param-source.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { PipeLike } from '../pipeline/param-metadata.js';
import { showGiven } from '../values/show-given.js';
import { isStandardSchema, type StandardSchema } from '../values/standard-schema.js';
import { createParam } from './create-param.js';
import { splitParamArguments } from './split-param-arguments.js';

/** A payload checked by a schema instead of a class. */
export interface WsPayloadOptions {
  /** The part of the payload to take; all of it by default. */
  readonly prop?: string | undefined;
  /** Any Standard Schema: zod, valibot, arktype. The handler gets what the schema puts out. */
  readonly schema: StandardSchema;
  /** Pipes that run after the schema. */
  readonly pipes?: readonly PipeLike[] | undefined;
}

/**
 * The message's `data`, after the pipes. A Standard Schema may stand for a pipe, here and in the
 * other parameter decorators; a mismatch is a `VALIDATION` error.
 */
export function WsPayload(...pipes: readonly PipeLike[]): ParameterDecorator;
/** One property of the message's `data`, after the pipes; `undefined` when `data` is not an object. */
export function WsPayload(prop: string, ...pipes: readonly PipeLike[]): ParameterDecorator;
/** The message's `data` as a schema sees it; a mismatch is a `VALIDATION` error. */
export function WsPayload(options: WsPayloadOptions): ParameterDecorator;
export function WsPayload(
  ...args: readonly [] | readonly [WsPayloadOptions] | readonly (string | PipeLike)[]
): ParameterDecorator {
  const [first] = args;
  if (!isOptions(first)) {
    return createParam(
      PARAM_SOURCE.payload,
      splitParamArguments(args as readonly (string | PipeLike)[]),
    );
  }
  const { prop, schema, pipes = [] } = first;
  if (!isStandardSchema(schema)) {
    throw new InvalidUse(
      `@WsPayload({ schema }): ${showGiven(schema)} given; expected a Standard Schema, as zod 3.24, ` +
        'valibot 1 and arktype 2 make them',
    );
  }
  const name = prop === undefined ? [] : [prop];
  return createParam(PARAM_SOURCE.payload, splitParamArguments([...name, schema, ...pipes]));
}

function isOptions(
  first: string | PipeLike | WsPayloadOptions | undefined,
): first is WsPayloadOptions {
  if (typeof first !== 'object' || first === null || isStandardSchema(first)) return false;
  return 'schema' in first && !('transform' in first);
}
