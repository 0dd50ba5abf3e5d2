/** The same, and what is undefined may be missing. */
type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> };

/** Only the members that are given: an option that is undefined is not, and no codec shall see one. */
export function given<T extends object>(members: T): Given<T> {
  const defined = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Given<T>;
}
