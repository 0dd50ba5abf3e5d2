/** The same members, without undefined as a value: they may be missing instead. */
type Defined<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/** Only the members that are not undefined: a codec must never see one that is. */
export function omitUndefined<T extends object>(members: T): Defined<T> {
  const defined = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Defined<T>;
}
