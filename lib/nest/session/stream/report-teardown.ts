import { readOwn } from '../../../protocol/wsgate/read-own.js';
import { isInstance } from '../../errors/is-instance.js';
import type { ConnectionReporter } from '../../errors/connection-reporter.js';

/** Logs what a source threw while it was being disposed of. Never throws. */
export function reportTeardown(
  error: unknown,
  label: string,
  reporter: Pick<ConnectionReporter, 'reportUnsent'>,
): void {
  if (!isAbort(error)) reporter.reportUnsent(error, `the end of ${label}`);
}

/**
 * A source that fails like this when it is cancelled or destroyed has done what it was asked to.
 */
function isAbort(error: unknown): boolean {
  if (!isInstance(error, Error)) return false;
  try {
    return error.name === 'AbortError' || readOwn(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE';
  } catch {
    // It has a getter of the application that throws.
    return false;
  }
}
