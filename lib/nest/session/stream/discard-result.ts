import type { ConnectionReporter } from '../../errors/connection-reporter.js';
import { destroySource } from '../../source/destroy-source.js';
import { disposeSafely } from '../../source/dispose-safely.js';
import { reportTeardown } from './report-teardown.js';

/** Disposes of a handler's result that nobody wants. Never throws. */
export function discardResult(result: unknown, label: string, reporter: ConnectionReporter): void {
  disposeSafely(
    () => destroySource(result),
    (error) => reportTeardown(error, label, reporter),
  );
}
