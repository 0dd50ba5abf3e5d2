/** One timer that can be set again. */
export class Alarm {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Runs after so many milliseconds, instead of what was set before. */
  set(ms: number, run: () => void): void {
    this.clear();
    this.#timer = setTimeout(run, ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
