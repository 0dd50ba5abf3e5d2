/** In how many parts a deadline is waited for. */
export const DEADLINE_PARTS = 4;

/** How long a part of so many milliseconds is. */
export function partOf(milliseconds: number): number {
  return Math.ceil(milliseconds / DEADLINE_PARTS);
}

/**
 * Runs something when a peer has had so many milliseconds. A timer alone would count those in which
 * this process was blocked, and what the peer sent in time would lie unread when it fires. So the
 * time is waited for in parts, and the event loop turns between them: while it is blocked one part
 * passes, however long that takes. A process that is never free is late, but not for ever.
 */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number, onPassed: () => void) {
    this.#wait(partOf(milliseconds), DEADLINE_PARTS, onPassed);
  }

  /** Calls it off. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  #wait(part: number, parts: number, onPassed: () => void): void {
    const onPart = parts > 1 ? () => this.#wait(part, parts - 1, onPassed) : onPassed;
    this.#timer = setTimeout(onPart, part);
  }
}
