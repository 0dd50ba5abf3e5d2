import type { SessionPort } from './session-port.js';

/**
 * Whether fewer than `mark` bytes wait for the client. If there are more, what was sent in this tick
 * is written first: only then it shows whether the client reads.
 */
export function isBelowMark(
  port: Pick<SessionPort, 'bufferedAmount' | 'flush'>,
  mark: number,
): boolean {
  if (port.bufferedAmount < mark) return true;
  port.flush();
  return port.bufferedAmount < mark;
}
