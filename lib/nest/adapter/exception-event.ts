/** The data of an `exception` event, as Nest's exception filter shapes it. */
export interface ExceptionData {
  readonly status: 'error';
  readonly message: unknown;
  readonly code?: string;
  readonly details?: object | undefined;
}

const UNKNOWN: ExceptionData = Object.freeze({ status: 'error', message: 'Internal server error' });

/**
 * What a client is told of an exception that comes too late for Nest's own filters. Nest's
 * `WsException` says what it says everywhere; anything else is an internal error. The client's
 * payload is not echoed.
 */
export function toExceptionData(exception: unknown): object {
  if (!(exception instanceof Error)) return UNKNOWN;
  const { getError } = exception as { readonly getError?: () => unknown };
  if (typeof getError !== 'function') return UNKNOWN;
  const error = getError.call(exception);
  return typeof error === 'object' && error !== null ? error : { status: 'error', message: error };
}

/** An `exception` event as text. Of what has no JSON, a cycle or a bigint, the client hears that it failed. Never throws. */
export function writeExceptionEvent(data: object): string {
  try {
    return JSON.stringify({ event: 'exception', data });
  } catch {
    return JSON.stringify({ event: 'exception', data: UNKNOWN });
  }
}
