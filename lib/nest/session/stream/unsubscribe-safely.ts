import type { Subscription } from 'rxjs';
import { reportTeardown } from '../discard-result.js';
import type { ConnectionReporter } from '../session-reporter.js';

/** Unsubscribes from an Observable, and only logs what a teardown of the application throws. */
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
