import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { isThenable } from '../waiting/is-thenable.js';

/** Whether the answer of a guard or a filter has to be waited for. */
export function isPending(answer: unknown): answer is PromiseLike<unknown> | Observable<unknown> {
  return isThenable(answer) || isObservable(answer);
}

/**
 * Waits for an answer: for a promise, for the last value of an Observable, or for that of a
 * promised Observable.
 *
 * @param ifEmpty the answer of an Observable without a value.
 * @throws EmptyError if there is none and `ifEmpty` is left out; what the answer fails with.
 */
export async function settleAnswer(
  answer: unknown,
  ifEmpty?: { readonly defaultValue: unknown },
): Promise<unknown> {
  const settled: unknown = await answer;
  if (!isObservable(settled)) return settled;
  return ifEmpty ? lastValueFrom(settled, ifEmpty) : lastValueFrom(settled);
}
