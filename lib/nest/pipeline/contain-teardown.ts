import { from, Observable, type Subscription, takeWhile } from 'rxjs';

/**
 * The same values, but what the teardown throws goes to `onThrown`. rxjs would let it loose on whoever
 * completes the source, an uncaught exception as a rule, and what is behind it would never complete.
 */
export function containTeardown(
  source: Observable<unknown>,
  onThrown: (error: Error) => void,
): Observable<unknown> {
  return new Observable((out) => {
    let subscription: Subscription | undefined;
    const letGo = (): void => {
      try {
        subscription?.unsubscribe();
      } catch (error) {
        // rxjs has collected it in an UnsubscriptionError.
        onThrown(error as Error);
      }
    };
    // A synchronous source emits before `subscribe` returns; takeWhile is what can end it there.
    subscription = from(source)
      .pipe(takeWhile(() => !out.closed))
      .subscribe({
        next: (value) => out.next(value),
        error: (error: unknown) => {
          letGo();
          out.error(error);
        },
        complete: () => {
          letGo();
          out.complete();
        },
      });
    return letGo;
  });
}
