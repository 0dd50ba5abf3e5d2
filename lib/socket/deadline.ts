/** How many parts a deadline is divided into. */
export const DEADLINE_PARTS = 4;

/** The longest time a timer can wait, in milliseconds: with a longer one it would not wait at all. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** The length of one part of a deadline, both in milliseconds. */
export function partOf(milliseconds: number): number {
  return Math.min(Math.ceil(milliseconds / DEADLINE_PARTS), LONGEST_TIMEOUT);
}

/**
 * Calls back when a peer has had a number of milliseconds. A timer alone would also count the time
 * in which this process was blocked, and would fire before what the peer sent in time has been
 * read. So the time is waited for in parts, with turns of the event loop in between: while the loop
 * is blocked, only one part can pass. If the process is blocked all the time the deadline comes
 * late, but it comes.
 */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, onPassed: () => void) {
    this.#wait(partOf(milliseconds), DEADLINE_PARTS, onPassed);
  }

  /** Cancels it. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  #wait(part: number, parts: number, onPassed: () => void): void {
    const onPart = parts > 1 ? () => this.#wait(part, parts - 1, onPassed) : onPassed;
    this.#timer = setTimeout(onPart, part);
  }
}
