/** Headers that were received: names in lower case; repeated ones joined by commas, or as a list. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A header as one string; undefined where there is none. */
export function headerOf(
  { headers }: { readonly headers: ReceivedHeaders },
  name: string,
): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value.join(', ');
}
