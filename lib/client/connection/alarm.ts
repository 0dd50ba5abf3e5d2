import { Deadline } from '../../socket/deadline.js';

/** One deadline that can be set again. */
export class Alarm {
  #deadline: Deadline | undefined;

  /** Runs after so many milliseconds, instead of what was set before. */
  set(ms: number, run: () => void): void {
    this.clear();
    this.#deadline = new Deadline(ms, run);
  }

  clear(): void {
    this.#deadline?.clear();
  }
}
