import { Observable } from 'rxjs';
import { SourceSubscription } from './source-subscription.js';

/** The same values; but what the teardown throws goes to `onThrown`, and the subscriber completes. */
export function containTeardown(
  source: Observable<unknown>,
  onThrown: (error: unknown) => void,
): Observable<unknown> {
  return new Observable((out) => {
    const subscription = new SourceSubscription(onThrown);
    // First, or a synchronous source could not be stopped before it has given everything.
    out.add(() => subscription.stop());
    subscription.start(source, out);
  });
}
