const HINT = ' (a WsException of @nestjs/websockets; a @WsHandler throws that of nestjs-wsgate)';

/**
 * What to add to the log line of an exception that was left behind when a gateway moved here: its
 * class has the name of ours, so the line alone does not tell. Empty for all others.
 */
export function hintAtForeign(exception: unknown): string {
  try {
    const isForeign =
      exception instanceof Error &&
      exception.constructor.name === 'WsException' &&
      'getError' in exception;
    return isForeign ? HINT : '';
  } catch {
    // A proxy, or a getter that throws.
    return '';
  }
}
