import { HttpStatus, type HttpException } from '@nestjs/common';
import type { FieldError } from '../../protocol/wsgate/field-error.js';
import { groupByPath } from './group-by-path.js';
import { ValidationFailed } from './validation-failed.js';

/**
 * The property of a validation pipe's exception that holds its field errors; neither sent nor
 * logged.
 */
const FIELDS = Symbol.for('nestjs-wsgate:fields');

/** Notes on an exception which fields it is about. */
export function attachFields(exception: object, fields: readonly FieldError[]): void {
  Object.defineProperty(exception, FIELDS, { value: fields, configurable: true });
}

/**
 * The fields an exception is about; `undefined` when it is not about validation. Exceptions that
 * carry none but have the shape of a validation pipe's (400 or 422, a list of texts, or texts by
 * path) are read from that shape; a list has no paths.
 */
export function readFields(exception: HttpException): readonly FieldError[] | undefined {
  if (exception instanceof ValidationFailed) return exception.fields;
  const attached = (exception as { readonly [FIELDS]?: readonly FieldError[] })[FIELDS];
  return attached ?? readShape(exception);
}

function readShape(exception: HttpException): readonly FieldError[] | undefined {
  const status = exception.getStatus() as HttpStatus;
  const isInvalid = status === HttpStatus.BAD_REQUEST || status === HttpStatus.UNPROCESSABLE_ENTITY;
  if (!isInvalid) return undefined;
  const { message } = exception.getResponse() as { readonly message?: unknown };
  if (isTexts(message)) return groupByPath(message.map((text) => ['', text] as const));
  return isTextsByPath(message) ? groupByPath(listByPath(message)) : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string')
  );
}

function isTextsByPath(value: unknown): value is Readonly<Record<string, readonly string[]>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const lists = Object.values(value);
  return lists.length > 0 && lists.every(isTexts);
}

function* listByPath(
  lists: Readonly<Record<string, readonly string[]>>,
): Generator<readonly [string, string]> {
  for (const [path, texts] of Object.entries(lists)) for (const text of texts) yield [path, text];
}
