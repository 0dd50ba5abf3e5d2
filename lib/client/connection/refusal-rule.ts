import type { WsEnd } from '../ws-end.js';
import { isWorthRetrying } from './reconnect-rule.js';

/** Statuses below 500 that pass by themselves: Request Timeout, Too Early, Too Many Requests. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/** Could another attempt succeed? Knows what the HTTP status of a refusal says: no browser tells it. */
export function isWorthRetryingInNode(end: WsEnd): boolean {
  const { httpStatus } = end;
  if (httpStatus === undefined) return isWorthRetrying(end);
  return httpStatus >= 500 || PASSING_STATUSES.includes(httpStatus);
}
