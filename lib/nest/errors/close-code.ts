import { type HttpException, HttpStatus } from '@nestjs/common';
import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import { WSGATE_CLOSE_CODE } from '../../protocol/wsgate/close-codes.js';

/** Our own close codes by HTTP status. */
const CLOSE_CODES: ReadonlyMap<number, number> = new Map([
  [HttpStatus.UNAUTHORIZED, WSGATE_CLOSE_CODE.SESSION_ENDED],
  [HttpStatus.FORBIDDEN, WSGATE_CLOSE_CODE.NO_LONGER_ALLOWED],
  [HttpStatus.TOO_MANY_REQUESTS, WSGATE_CLOSE_CODE.TOO_MANY],
]);

/**
 * The close code for what a hook or a guard threw: our own for a 401, 403 or 429, otherwise 1011. A
 * redirection counts as a 401: it sends the client to log in. Never throws.
 */
export function closeCodeOf(exception: unknown): number {
  const status = readStatus(exception);
  const meant = status >= 300 && status < 400 ? HttpStatus.UNAUTHORIZED : status;
  return CLOSE_CODES.get(meant) ?? CLOSE_CODE.INTERNAL_ERROR;
}

/** Does not ask for the class: the exception may come from another copy of Nest. */
function readStatus(exception: unknown): number {
  try {
    const { getStatus } = exception as Partial<HttpException>;
    return typeof getStatus === 'function' ? getStatus.call(exception) : 0;
  } catch {
    // It is undefined or null, or throws when it is asked.
    return 0;
  }
}
