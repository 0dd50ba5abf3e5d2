/** The path and query of a request (RFC 9112 3.2), taken apart. */
export interface RequestTarget {
  /** Begins with a slash; percent-encoding as received. */
  readonly path: string;
  /** After the question mark; empty where there is none. */
  readonly query: string;
}

/**
 * Splits a request target in origin form. Undefined for every other form: the absolute form names a
 * host of its own, which a check of the Host header would not see.
 */
export function readRequestTarget(url: string | undefined): RequestTarget | undefined {
  if (url === undefined || !url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
