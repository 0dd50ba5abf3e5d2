import { HttpStatus } from '@nestjs/common';

/** Our own codes for a user who may not be here. */
const CLOSE_CODES: ReadonlyMap<number, number> = new Map([
  [HttpStatus.UNAUTHORIZED, 4401],
  [HttpStatus.FORBIDDEN, 4403],
  [HttpStatus.TOO_MANY_REQUESTS, 4429],
]);
/** RFC 6455 7.4.1: an unexpected condition. */
export const INTERNAL_ERROR = 1011;

/** The code an open connection is closed with where a request would be answered with this status. */
export function toCloseCode(status: number): number {
  return CLOSE_CODES.get(status) ?? INTERNAL_ERROR;
}
