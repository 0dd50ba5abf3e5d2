import { Observable, type Subscriber } from 'rxjs';

/**
 * An Observable of what a promise resolves to. Unlike rxjs' `from`, it leaves nothing on the
 * promise once it is unsubscribed from, since the promise may be pending for ever.
 *
 * @param onUnwanted gets a result that comes after that. Must not throw; the promise keeps a
 *   reference to it.
 */
export function observePromise(
  promise: PromiseLike<unknown>,
  onUnwanted: (value: unknown) => void,
): Observable<unknown> {
  return new Observable((out) => {
    const token: { subscriber: Subscriber<unknown> | undefined } = { subscriber: out };
    listen(promise, token, onUnwanted);
    return () => (token.subscriber = undefined);
  });
}

/** A function of its own, so that the promise refers only to its arguments. */
function listen(
  promise: PromiseLike<unknown>,
  token: { readonly subscriber: Subscriber<unknown> | undefined },
  onUnwanted: (value: unknown) => void,
): void {
  Promise.resolve(promise).then(
    (value) => {
      const { subscriber } = token;
      if (subscriber === undefined) return onUnwanted(value);
      subscriber.next(value);
      subscriber.complete();
    },
    (error: unknown) => token.subscriber?.error(error),
  );
}
