/**
 * Keeps the failure of a Node stream from ending the process. The iterator of a stream listens for
 * errors only from its first step on, which a client without credit can delay as long as it likes;
 * and a stream that is destroyed while it opens may fail even after that. The iterator throws the
 * error as well.
 */
export function ignoreStreamErrors(source: unknown): void {
  const { on } = source as { readonly on?: unknown };
  if (typeof on === 'function') on.call(source, 'error', ignore);
}

function ignore(): void {}
