import { from, Observable, type Subscription, takeWhile } from 'rxjs';

/**
 * The same values; but what the teardown throws goes to `onThrown`. rxjs would throw it at whoever
 * completes the source, mostly as an uncaught exception, and the subscriber would never complete.
 */
export function containTeardown(
  source: Observable<unknown>,
  onThrown: (error: Error) => void,
): Observable<unknown> {
  return new Observable((out) => {
    let subscription: Subscription | undefined;
    const unsubscribe = (): void => {
      try {
        subscription?.unsubscribe();
      } catch (error) {
        // rxjs has wrapped it in an UnsubscriptionError.
        onThrown(error as Error);
      }
    };
    // A synchronous source emits before `subscribe` returns, so only takeWhile can stop it then.
    subscription = from(source)
      .pipe(takeWhile(() => !out.closed))
      .subscribe({
        next: (value) => out.next(value),
        error: (error: unknown) => {
          unsubscribe();
          out.error(error);
        },
        complete: () => {
          unsubscribe();
          out.complete();
        },
      });
    return unsubscribe;
  });
}
