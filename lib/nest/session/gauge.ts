/** A count of things in flight, and the moment there are none. */
export class Gauge {
  #value = 0;
  #isAbandoned = false;
  #waiting: (() => void)[] | undefined = undefined;

  get value(): number {
    return this.#value;
  }

  up(): void {
    this.#value += 1;
  }

  down(): void {
    this.#value -= 1;
    if (this.#value === 0) this.#wakeWaiting();
  }

  /** Stops the waiting: what is still in flight does not matter any more. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#wakeWaiting();
  }

  /** Resolves when the count is 0 and stays so for a turn, or when it is abandoned. */
  async whenZero(): Promise<void> {
    while (this.#value > 0 && !this.#isAbandoned) {
      await new Promise<void>((resolve) => (this.#waiting ??= []).push(resolve));
    }
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    for (const resolve of waiting) resolve();
  }
}
