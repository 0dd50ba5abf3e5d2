/**
 * A repeating timer for judging peers by what they have sent since. Each round comes a whole
 * interval after the one before, however late that one was. If the event loop was blocked, what
 * arrived meanwhile is unread when the timer fires, so the current turn's reads come first.
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

  /** Does nothing if it is running. */
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
