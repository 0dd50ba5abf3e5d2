import { Observable, type Subscriber } from 'rxjs';

/**
 * What a promise resolves to, as an Observable. Unlike `from` of rxjs it leaves nothing on the
 * promise once it is unsubscribed from: the promise may be pending for ever.
 *
 * @param onUnwanted gets what comes after that. Must not throw; the promise holds it.
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

/** Apart, so that the promise gets hold of these and of nothing else. */
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
