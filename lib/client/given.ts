/** The same members, without undefined as a value: they may be missing instead. */
type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/** Only the members that are not undefined: a codec must never see one that is. */
export function given<T extends object>(members: T): Given<T> {
  const defined = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Given<T>;
}
