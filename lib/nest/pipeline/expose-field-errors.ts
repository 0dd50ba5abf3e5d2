import {
  type ArgumentMetadata,
  HttpException,
  type PipeTransform,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import type { FieldError } from '../../protocol/wsgate/field-error.js';
import { readValidationErrors } from '../errors/read-validation-errors.js';
import { attachFields } from '../errors/exception-fields.js';
import { placeFields } from '../errors/place-fields.js';
import { readIssues } from '../errors/read-issues.js';
import { isThenable } from '../waiting/is-thenable.js';
import { NEST_SCHEMA_PIPE } from './nest-schema-pipe.js';
import { onlyConfigures } from './only-configures.js';

/** The protected parts of Nest's validation pipes that are looked at here. */
interface PipeParts {
  /** What it is given is what {@link FieldReader} reads. */
  readonly exceptionFactory?: (errors: unknown) => unknown;
  readonly isDetailedOutputDisabled?: boolean;
}

/** Reads what a pipe has found wrong, by field. */
type FieldReader = (errors: never) => readonly FieldError[];

/** Marks an exception factory that notes the fields. */
const NOTING = Symbol('nestjs-wsgate.noting-factory');

/** Nest's validation pipes. */
const READERS: readonly (readonly [Type<PipeTransform> | undefined, FieldReader])[] = [
  [ValidationPipe, readValidationErrors],
  [NEST_SCHEMA_PIPE, readIssues],
];

/**
 * Nest's validation pipes turn their errors into texts, which do not tell the field. This returns an
 * object that inherits from the pipe and whose exception factory calls the pipe's own, then notes
 * the fields on the exception. The pipe itself, which HTTP routes may share, is not changed. Any
 * other pipe is returned as it is.
 */
export function exposeFieldErrors(pipe: PipeTransform, { data }: ArgumentMetadata): PipeTransform {
  const value = createNotingFactory(pipe, data);
  if (value === undefined) return pipe;
  const lens = Object.create(pipe) as PipeTransform;
  Object.defineProperty(lens, 'exceptionFactory', { value });
  return lens;
}

/**
 * Has a validation pipe that Nest runs itself note the fields on its exceptions, where nothing
 * shows them. They are named from what the parameter takes. Any other pipe stays as it is.
 */
export function noteFieldErrors(pipe: unknown): void {
  const exceptionFactory = createNotingFactory(pipe as PipeTransform, undefined);
  if (exceptionFactory === undefined) return;
  const isNoting = NOTING in ((pipe as PipeParts).exceptionFactory ?? {});
  if (!isNoting) Object.assign(pipe as object, { exceptionFactory });
}

/** The pipe's own exception factory, which then notes the fields; `undefined` for any other pipe. */
function createNotingFactory(
  pipe: PipeTransform,
  property: unknown,
): PipeParts['exceptionFactory'] {
  const readFields = readerOf(pipe);
  if (readFields === undefined) return undefined;
  const { exceptionFactory, isDetailedOutputDisabled } = pipe as PipeParts;
  if (exceptionFactory === undefined) return undefined;
  const note = (exception: unknown, errors: unknown): unknown => {
    const fields = isDetailedOutputDisabled ? [] : readFields(errors as never);
    if (exception instanceof HttpException) attachFields(exception, placeFields(property, fields));
    return exception;
  };
  const noting = (errors: unknown): unknown => {
    const exception = exceptionFactory(errors);
    // Only a `ValidationPipe` awaits what its factory returns.
    if (!isThenable(exception)) return note(exception, errors);
    return Promise.resolve(exception).then((settled) => note(settled, errors));
  };
  return Object.assign(noting, { [NOTING]: true });
}

function readerOf(pipe: PipeTransform): FieldReader | undefined {
  const isKnown = (known: Type<PipeTransform> | undefined): boolean =>
    known !== undefined && pipe instanceof known && onlyConfigures(pipe, known);
  return READERS.find(([known]) => isKnown(known))?.[1];
}
