import {
  type ArgumentMetadata,
  HttpException,
  type PipeTransform,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { readValidationErrors } from '../errors/class-validator-fields.js';
import { attachFields } from '../errors/exception-fields.js';

/** The protected parts of a `ValidationPipe` that are looked at here. */
interface PipeParts {
  readonly exceptionFactory?: (errors: ValidationError[]) => unknown;
  readonly isDetailedOutputDisabled?: boolean;
  readonly expectedType?: unknown;
  readonly toValidate?: (metadata: ArgumentMetadata) => boolean;
}

/**
 * A `ValidationPipe` flattens its errors to texts, and a text does not tell the field. This looks
 * through the pipe at the errors themselves: an object on top of the pipe, with an exception
 * factory that calls the pipe's own and notes the fields on what it returns. The pipe itself, which
 * HTTP routes may share, is not touched. Any other pipe is returned as it is.
 */
export function seeFieldErrors(pipe: PipeTransform): PipeTransform {
  if (!(pipe instanceof ValidationPipe) || !isPlain(pipe)) return pipe;
  const { exceptionFactory, isDetailedOutputDisabled } = pipe as unknown as PipeParts;
  if (exceptionFactory === undefined) return pipe;
  const lens = Object.create(pipe) as PipeTransform;
  Object.defineProperty(lens, 'exceptionFactory', {
    value: async (errors: ValidationError[]) => {
      const exception = await exceptionFactory(errors);
      const fields = isDetailedOutputDisabled ? [] : readValidationErrors(errors);
      if (exception instanceof HttpException) attachFields(exception, fields);
      return exception;
    },
  });
  return lens;
}

/**
 * Whether a `ValidationPipe` would hand this parameter back as it is: one of a custom decorator, or
 * without a class. It would take a promise for that, so it is left out.
 */
export function isIdle(pipe: PipeTransform, metadata: ArgumentMetadata): boolean {
  if (!(pipe instanceof ValidationPipe) || !isPlain(pipe)) return false;
  // These two are turned into the primitive of their type.
  if (metadata.type === 'query' || metadata.type === 'param') return false;
  const parts = pipe as unknown as PipeParts;
  return parts.expectedType === undefined && parts.toValidate?.(metadata) === false;
}

/**
 * A subclass that only configures. One with methods of its own may keep private state, which an
 * object on top of it cannot reach.
 */
function isPlain(pipe: ValidationPipe): boolean {
  let prototype: object = Object.getPrototypeOf(pipe) as object;
  while (prototype !== ValidationPipe.prototype) {
    if (Object.getOwnPropertyNames(prototype).length > 1) return false;
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return true;
}
