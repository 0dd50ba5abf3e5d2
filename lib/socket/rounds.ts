/**
 * A timer for something that judges peers by what they sent meanwhile, again and again. Each round
 * comes a whole interval after the one before, however late that was; and where the event loop was
 * blocked, what arrived lies unread, so this turn's reads come first.
 */
export class Rounds {
  readonly #interval: number;
  readonly #onRound: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param interval milliseconds */
  constructor(interval: number, onRound: () => void) {
    this.#interval = interval;
    this.#onRound = onRound;
  }

  /** Does nothing while it runs. */
  start(): void {
    this.#timer ??= this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#timer !== timer) return;
        this.#timer = this.#schedule();
        this.#onRound();
      });
    }, this.#interval);
    return timer.unref();
  }
}
