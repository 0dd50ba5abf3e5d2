import { parseCookie } from 'cookie';

/** The cookies of a `Cookie` header (RFC 6265 5.4); has no prototype. */
export function readCookies(
  header: string | undefined,
): Readonly<Record<string, string | undefined>> {
  const cookies = Object.create(null) as Record<string, string | undefined>;
  return Object.assign(cookies, parseCookie(header ?? ''));
}
