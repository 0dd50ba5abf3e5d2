/** The data of an `exception` event, as Nest's exception filter shapes it. */
export interface ExceptionData {
  readonly status: 'error';
  readonly message: unknown;
  readonly code?: string;
  readonly details?: object | undefined;
}

const UNKNOWN: ExceptionData = Object.freeze({ status: 'error', message: 'Internal server error' });

/**
 * The data of an exception that was thrown too late for Nest's own filters. Nest's `WsException` is
 * sent as always; anything else is an internal error. The client's payload is not echoed. Never
 * throws.
 */
export function toExceptionData(exception: unknown): object {
  try {
    return readExceptionData(exception) ?? UNKNOWN;
  } catch {
    // A proxy, or a getter of the application that throws.
    return UNKNOWN;
  }
}

function readExceptionData(exception: unknown): object | undefined {
  if (!(exception instanceof Error)) return undefined;
  const { getError } = exception as { readonly getError?: () => unknown };
  if (typeof getError !== 'function') return undefined;
  const error = getError.call(exception);
  return typeof error === 'object' && error !== null ? error : { status: 'error', message: error };
}

/**
 * An `exception` event as text. If its data has no JSON form (a cycle, a bigint), it becomes an
 * internal error. Never throws.
 */
export function writeExceptionEvent(data: object): string {
  try {
    return JSON.stringify({ event: 'exception', data });
  } catch {
    return JSON.stringify({ event: 'exception', data: UNKNOWN });
  }
}
