import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { isThenable } from '../is-thenable.js';

/** Whether what a guard or a filter answered is known only later. */
export function isPending(answer: unknown): answer is PromiseLike<unknown> | Observable<unknown> {
  return isThenable(answer) || isObservable(answer);
}

/**
 * Waits for an answer: a promise's, an Observable's last value, that of a promise of an Observable.
 *
 * @param ifEmpty what an Observable without a value answers.
 * @throws EmptyError when there is none and `ifEmpty` is left out; what the answer fails with.
 */
export async function settleAnswer(
  answer: unknown,
  ifEmpty?: { readonly defaultValue: unknown },
): Promise<unknown> {
  const settled: unknown = await answer;
  if (!isObservable(settled)) return settled;
  return ifEmpty ? lastValueFrom(settled, ifEmpty) : lastValueFrom(settled);
}
