import { isInstance } from '../errors/is-instance.js';
import { readOwn } from '../read-own.js';
import type { ConnectionReporter } from './session-reporter.js';
import { destroySource } from './stream/destroy-source.js';

/** Lets go of what a handler gave and nobody wants. Never throws. */
export function discardResult(result: unknown, label: string, reporter: ConnectionReporter): void {
  try {
    destroySource(result);
  } catch (error) {
    reportTeardown(error, label, reporter);
  }
}

/** Logs what a source threw while it was let go of. */
export function reportTeardown(error: unknown, label: string, reporter: ConnectionReporter): void {
  if (!isAbort(error)) reporter.report(error, `the end of ${label}`);
}

/** A source that ends so when it is cancelled, or destroyed, does what it is asked to. */
function isAbort(error: unknown): boolean {
  if (!isInstance(error, Error)) return false;
  return error.name === 'AbortError' || readOwn(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE';
}
