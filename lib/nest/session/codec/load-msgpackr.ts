export type Msgpackr = typeof import('msgpackr');

/**
 * The package msgpackr, or undefined where it is not installed.
 *
 * By `import()`: Jest's transforms and bundlers that make CommonJS of this file know it, and take a
 * package that is missing here for an optional one. They have no `import.meta`, which
 * `createRequire` would need.
 *
 * @throws what went wrong while an installed one was loaded
 */
export async function loadMsgpackr(): Promise<Msgpackr | undefined> {
  try {
    return await import('msgpackr');
  } catch (error) {
    if (isNotInstalled(error)) return undefined;
    throw error;
  }
}

/**
 * Is it msgpackr that was not found, and not something it needs? Node and Jest say it alike. In Jest
 * the error is of another realm, so it is no `instanceof Error`.
 */
function isNotInstalled(error: unknown): boolean {
  const { message } = error as { readonly message?: unknown };
  return /^Cannot find (package|module) 'msgpackr'/.test(String(message));
}
