import { HttpException } from '@nestjs/common';
import { ERROR_CODES } from '../../protocol/wsgate/error-codes.js';
import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { readFields } from './exception-fields.js';
import { describeHttpException, nameStatus, readOwnMessage } from './http-exception.js';
import { isInstance } from './is-instance.js';
import { WsException } from './ws-exception.js';

/** What a client learns about an exception nobody expected. */
export const INTERNAL_ERROR: WireError = Object.freeze({
  code: 'INTERNAL',
  message: 'Internal server error',
  status: ERROR_CODES.INTERNAL.status,
});

/**
 * What the client learns about an exception:
 *
 * - `WsException`: its own code, message and details;
 * - a failed validation: `VALIDATION`, the details one entry per field;
 * - `HttpException`: its status and message, the reason as code (404 `NOT_FOUND`);
 * - anything else: `INTERNAL` and a fixed text.
 */
export function toWireError(exception: unknown): WireError {
  if (isInstance(exception, WsException)) return readWsException(exception);
  if (isInstance(exception, HttpException)) return readHttpException(exception);
  return INTERNAL_ERROR;
}

/** Whether {@link toWireError} tells nothing about the exception, so that it must be logged. */
export function isUnexpected(exception: unknown): boolean {
  return !(isInstance(exception, WsException) || isInstance(exception, HttpException));
}

function readWsException({ code, message, details }: WsException): WireError {
  return details === undefined ? { code, message } : { code, message, details };
}

function readHttpException(exception: HttpException): WireError {
  const status = exception.getStatus();
  const fields = readFields(exception);
  if (fields === undefined) {
    const { message, ...more } = describeHttpException(exception);
    return { code: nameStatus(status), message, status, ...more };
  }
  const message = readOwnMessage(exception) ?? 'Validation failed';
  const error = { code: 'VALIDATION', message, status };
  return fields.length > 0 ? { ...error, details: fields } : error;
}
