import { STATUS_CODES } from 'node:http';
import type { HttpException } from '@nestjs/common';
import { ERROR_CODES } from '../../protocol/wsgate/error-codes.js';

/** The names Nest gives the body of an `HttpException` by itself. */
const STANDARD_FIELDS: readonly string[] = ['statusCode', 'message', 'error'];

/**
 * The reason of an HTTP status as an error code: 404 is `NOT_FOUND`. Only 429 is called what the
 * protocol calls it, so that a client need not know whether a throttler or the server slowed it down.
 */
export function nameStatus(status: number): string {
  if (status === ERROR_CODES.RATE_LIMITED.status) return 'RATE_LIMITED';
  const reason = STATUS_CODES[status] ?? `HTTP ${status}`;
  return reason
    .replaceAll("'", '')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** The text an `HttpException` was given; `undefined` when it was given a list or none. */
export function readOwnMessage(exception: HttpException): string | undefined {
  const body = exception.getResponse();
  if (typeof body === 'string') return body;
  const { message } = body as { readonly message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

/** The message of an `HttpException`, and what else its author put into its body. */
export function describeHttpException(exception: HttpException): {
  readonly message: string;
  readonly details?: unknown;
} {
  const body = exception.getResponse();
  const message = readOwnMessage(exception) ?? exception.message;
  if (typeof body === 'string') return { message };
  const extra = Object.entries(body).filter(([name]) => !STANDARD_FIELDS.includes(name));
  return extra.length > 0 ? { message, details: Object.fromEntries(extra) } : { message };
}
