/** How many kinds of lines are distinguished in one window; all others count as one more kind. */
const MAX_KINDS = 100;

/** How much of one kind may be logged. */
export interface LogLimitOptions {
  /** Lines of one kind in a window. Default 30. */
  readonly lines?: number;
  /** Milliseconds of a window, which begins with its first line. Default 60 000. */
  readonly window?: number;
}

/**
 * Keeps a flood of clients from flooding the log: allows a number of lines of each kind a minute,
 * and at its end one line that says how many there would have been.
 */
export class LogLimit {
  readonly #tell: (line: string) => void;
  readonly #lines: number;
  readonly #window: number;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param tell writes the line at the end */
  constructor(tell: (line: string) => void, { lines = 30, window = 60_000 }: LogLimitOptions = {}) {
    this.#tell = tell;
    this.#lines = lines;
    this.#window = window;
  }

  /** May one more line of this kind be logged? */
  allows(kind: string): boolean {
    this.#timer ??= setTimeout(() => this.end(), this.#window).unref();
    const known = this.#counts.has(kind) || this.#counts.size < MAX_KINDS ? kind : 'anything else';
    const count = (this.#counts.get(known) ?? 0) + 1;
    this.#counts.set(known, count);
    return count <= this.#lines;
  }

  /** Ends the window now: says what was left out of it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [kind, count] of this.#counts) {
      if (count > this.#lines) this.#tell(`${kind}: ${count - this.#lines} times more, not logged`);
    }
    this.#counts.clear();
  }
}
