import { DEADLINE_PARTS, partOf } from '../../socket/deadline.js';

/** Notices when nothing has been asked of a connection for too long. Off with a timeout of 0. */
export class IdleWatch {
  readonly #timeout: number;
  readonly #isBusy: () => boolean;
  readonly #onIdle: () => void;
  /** One part of the timeout after the other, as in a `Deadline`; but set again with every message, which must be cheap. */
  #timer: NodeJS.Timeout | undefined = undefined;
  #partsLeft = DEADLINE_PARTS;

  /**
   * @param timeout milliseconds
   * @param isBusy whether something is still being done for the client, which is then not idle
   */
  constructor(timeout: number, isBusy: () => boolean, onIdle: () => void) {
    this.#timeout = timeout;
    this.#isBusy = isBusy;
    this.#onIdle = onIdle;
  }

  /** The client asked for something, or may from now on. */
  touch(): void {
    if (this.#timeout === 0) return;
    this.#partsLeft = DEADLINE_PARTS;
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#endPart(), partOf(this.#timeout));
    } else this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #endPart(): void {
    this.#partsLeft -= 1;
    if (this.#partsLeft > 0) this.#timer?.refresh();
    else if (this.#isBusy()) this.touch();
    else this.#onIdle();
  }
}
