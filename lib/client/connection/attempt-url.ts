/**
 * The URL of one attempt: `http` stands for `ws`, a relative URL is meant from the page, and the
 * query of `auth` is added. Throws a TypeError if it is not a URL.
 */
export function attemptUrl(
  address: string | URL,
  query: Readonly<Record<string, string>> | undefined,
): string {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const url = new URL(address, location?.href);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url.href.replace(/^http/, 'ws');
}
