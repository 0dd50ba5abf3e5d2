/** Throws anything at all. */
export function raise(thrown: unknown): never {
  throw thrown;
}

/** Something that will not come. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Throws whatever is done with it. */
export function hostile(): object {
  const refuse = (): never => raise(new Error('do not touch'));
  return new Proxy({}, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse });
}

type Then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void;

/** Something to await that is no Promise. */
export function thenable(then: Then): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return { then };
}
