/** What gateways note for a test to read, in order. */
export class Journal {
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;

  note(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  /** The next lines. */
  async read(count: number): Promise<string[]> {
    while (this.#lines.length < count) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#lines.splice(0, count);
  }
}
