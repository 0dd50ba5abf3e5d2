import type { Subscription } from 'rxjs';
import { reportTeardown } from '../discard-result.js';
import type { ConnectionReporter } from '../session-reporter.js';

/** Lets go of an Observable. A teardown of the application's may throw: it is logged, and that is all. */
export function unsubscribeSafely(
  subscription: Subscription | undefined,
  label: string,
  reporter: ConnectionReporter,
): void {
  try {
    subscription?.unsubscribe();
  } catch (error) {
    reportTeardown(error, label, reporter);
  }
}
