/** Throws anything at all. */
export function raise(thrown: unknown): never {
  throw thrown;
}

/** A promise that never settles. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** An object that throws on every access. */
export function hostile(): object {
  const refuse = (): never => raise(new Error('do not touch'));
  return new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
}

type Then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void;

/** A thenable that is no Promise. */
export function thenable(then: Then): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return { then };
}
