/** A path as gateways give it, with one slash in front and none behind; `/` for none. */
export function normalizePath(path: string | undefined): string {
  return `/${path ?? ''}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}
