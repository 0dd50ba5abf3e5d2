/** Something that is waited for until the test says so. */
export class Gate {
  readonly passed: Promise<void>;
  #open!: () => void;

  constructor() {
    this.passed = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open();
  }
}

const DEADLINE = 30_000;

/** Waits for something the server does in its own time. Gives up before the test's deadline does. */
export async function until(isDone: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!isDone()) {
    if (performance.now() - begun > DEADLINE) throw new Error('what was waited for did not happen');
    await new Promise(setImmediate);
  }
}
