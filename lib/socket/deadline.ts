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
  readonly #part: number;
  readonly #onPassed: () => void;
  #left = DEADLINE_PARTS;
  #timer: ReturnType<typeof setTimeout>;

  constructor(milliseconds: number, onPassed: () => void) {
    this.#part = partOf(milliseconds);
    this.#onPassed = onPassed;
    this.#timer = this.#startPart();
  }

  /** Calls it off. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  #startPart(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#endPart(), this.#part);
  }

  #endPart(): void {
    this.#left -= 1;
    if (this.#left > 0) this.#timer = this.#startPart();
    else this.#onPassed();
  }
}
