/**
 * Keeps a Node stream that fails from ending the process: its iterator hears of a failure only from
 * its first step on, which a client without credit puts off for as long as it likes, and a stream that
 * is destroyed while it opens may fail after that. The iterator throws the error as well.
 */
export function hearErrors(source: unknown): void {
  const { on } = source as { readonly on?: unknown };
  if (typeof on === 'function') on.call(source, 'error', ignore);
}

function ignore(): void {}
