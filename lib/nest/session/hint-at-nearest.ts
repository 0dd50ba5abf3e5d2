import { findNearest } from '../../server/find-nearest.js';

/**
 * For the log line of a type that nobody handles: the handler's that was probably meant. What the
 * client sent is not in it. Empty where none is like it.
 *
 * @param type gateways of `@nestjs/websockets` take any JSON value
 */
export function hintAtNearest(type: unknown, handled: Iterable<unknown>): string {
  if (typeof type !== 'string') return '';
  const nearest = findNearest(
    type,
    [...handled].filter((known) => typeof known === 'string'),
  );
  return nearest === undefined ? '' : `; there is a handler for "${nearest}"`;
}
