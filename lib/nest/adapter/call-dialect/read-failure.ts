import { ForbiddenException } from '@nestjs/common';
import { readOwn } from '../../../protocol/wsgate/read-own.js';
import { WsException } from '../../errors/ws-exception.js';

/** The message of Nest's exception filter for an unexpected exception. */
const UNKNOWN = 'Internal server error';
/** What Nest's gateways throw when a guard returns false. */
const FORBIDDEN = 'Forbidden resource';

/**
 * The exception behind the data of an `exception` event, for a client of `wsgate.v1`:
 *
 * - the code is the data's own `code` where it has one, otherwise `INTERNAL` for an unknown
 *   exception, `FORBIDDEN` for a guard's refusal, `EXCEPTION` for the rest;
 * - the message is the data's own;
 * - what else is in it is the details, but for `status` and `cause`, in which Nest sends the client
 *   its own payload back.
 *
 * @param thrown the exception that led to the event, if clients may be told of it: where Nest hides
 *   it, this is the one
 */
export function readFailure(data: unknown, thrown?: Error): Error {
  if (typeof data !== 'object' || data === null) return new WsException('EXCEPTION', String(data));
  const own = readOwn(data, 'message');
  const message = typeof own === 'string' ? own : 'The handler failed';
  if (message === UNKNOWN && thrown !== undefined) return thrown;
  if (message === FORBIDDEN) return new ForbiddenException(FORBIDDEN);
  return new WsException(readCode(data, message), message, readDetails(data));
}

function readCode(data: object, message: string): string {
  const code = readOwn(data, 'code');
  if (typeof code === 'string' && code !== '') return code;
  return message === UNKNOWN ? 'INTERNAL' : 'EXCEPTION';
}

function readDetails(data: object): unknown {
  const {
    status: _status,
    cause: _cause,
    code: _code,
    message,
    ...details
  } = data as Readonly<Record<string, unknown>>;
  const all = typeof message === 'object' && message !== null ? { ...details, message } : details;
  return Object.keys(all).length > 0 ? all : undefined;
}
