import { isObservable, type ObservableInput } from 'rxjs';

type Keyed = Readonly<Record<PropertyKey, unknown>>;

/**
 * Is it an Observable of RxJS (of any copy), or of any library that speaks `Symbol.observable`?
 * Cheap for what is not: rxjs is asked only about things with a `subscribe`.
 */
export function isObservableLike(value: unknown): value is ObservableInput<unknown> & object {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof (value as Keyed)['@@observable'] === 'function') return true;
  const key = (Symbol as { readonly observable?: symbol }).observable;
  if (key !== undefined && typeof (value as Keyed)[key] === 'function') return true;
  return typeof (value as Keyed)['subscribe'] === 'function' && isObservable(value);
}
