import {
  type ArgumentMetadata,
  HttpException,
  type PipeTransform,
  type ValidationError,
  ValidationPipe,
} from '@nestjs/common';
import { readValidationErrors } from '../errors/class-validator-fields.js';
import { attachFields } from '../errors/exception-fields.js';
import { placeFields } from '../errors/place-fields.js';

/** The protected parts of a `ValidationPipe` that are looked at here. */
interface PipeParts {
  readonly exceptionFactory?: (errors: ValidationError[]) => unknown;
  readonly isDetailedOutputDisabled?: boolean;
  readonly expectedType?: unknown;
  readonly toValidate?: (metadata: ArgumentMetadata) => boolean;
}

/**
 * A `ValidationPipe` turns its errors into texts, which do not tell the field. This returns an
 * object that inherits from the pipe and whose exception factory calls the pipe's own, then notes
 * the fields on the exception. The pipe itself, which HTTP routes may share, is not changed. Any
 * other pipe is returned as it is.
 */
export function exposeFieldErrors(pipe: PipeTransform, { data }: ArgumentMetadata): PipeTransform {
  if (!(pipe instanceof ValidationPipe) || !isPlain(pipe)) return pipe;
  const { exceptionFactory, isDetailedOutputDisabled } = pipe as unknown as PipeParts;
  if (exceptionFactory === undefined) return pipe;
  const lens = Object.create(pipe) as PipeTransform;
  Object.defineProperty(lens, 'exceptionFactory', {
    value: async (errors: ValidationError[]) => {
      const exception = await exceptionFactory(errors);
      const fields = isDetailedOutputDisabled ? [] : readValidationErrors(errors);
      if (exception instanceof HttpException) attachFields(exception, placeFields(data, fields));
      return exception;
    },
  });
  return lens;
}

/**
 * Whether a `ValidationPipe` would return this parameter unchanged, because it has a custom
 * decorator or no class. The pipe is then left out: it would take a promise to do nothing.
 */
export function isIdle(pipe: PipeTransform, metadata: ArgumentMetadata): boolean {
  if (!(pipe instanceof ValidationPipe) || !isPlain(pipe)) return false;
  // Their values are converted to the primitive type of the parameter.
  if (metadata.type === 'query' || metadata.type === 'param') return false;
  const parts = pipe as unknown as PipeParts;
  return parts.expectedType === undefined && parts.toValidate?.(metadata) === false;
}

/**
 * A subclass that only configures the pipe. One with methods of its own may have private state,
 * which an object that inherits from it cannot access.
 */
function isPlain(pipe: ValidationPipe): boolean {
  let prototype: object = Object.getPrototypeOf(pipe) as object;
  while (prototype !== ValidationPipe.prototype) {
    if (Object.getOwnPropertyNames(prototype).length > 1) return false;
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return true;
}
