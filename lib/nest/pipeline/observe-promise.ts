import { Observable, type Subscriber } from 'rxjs';

/**
 * What a promise resolves to, as an Observable. Unlike `from` of rxjs it leaves nothing on the
 * promise once it is unsubscribed from: the promise may be pending for ever.
 */
export function observePromise(promise: PromiseLike<unknown>): Observable<unknown> {
  return new Observable((out) => {
    const token: { subscriber: Subscriber<unknown> | undefined } = { subscriber: out };
    listen(promise, token);
    return () => (token.subscriber = undefined);
  });
}

/** Apart, so that the promise gets hold of the token and of nothing else. */
function listen(
  promise: PromiseLike<unknown>,
  token: { readonly subscriber: Subscriber<unknown> | undefined },
): void {
  Promise.resolve(promise).then(
    (value) => {
      token.subscriber?.next(value);
      token.subscriber?.complete();
    },
    (error: unknown) => token.subscriber?.error(error),
  );
}
