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

/** Waits for something the server does in its own time; the test's deadline ends it. */
export async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise(setImmediate);
}
