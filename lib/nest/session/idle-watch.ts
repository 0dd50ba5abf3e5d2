import { DEADLINE_PARTS, partOf } from '../../socket/deadline.js';

/** What an {@link IdleWatch} needs of its owner. */
export interface IdleOwner {
  /** Something is still being done for the client, which is then not idle. */
  readonly isBusy: boolean;
  onIdle(): void;
}

/** Notices when nothing has been asked of a connection for too long. */
export class IdleWatch {
  readonly #timeout: number;
  readonly #owner: IdleOwner;
  /**
   * Waits for one part of the timeout after the other, as `Deadline` does; but it is restarted by
   * every message, so that must be cheap.
   */
  #timer: NodeJS.Timeout | undefined = undefined;
  #partsLeft = DEADLINE_PARTS;

  /** @param timeout milliseconds */
  constructor(timeout: number, owner: IdleOwner) {
    this.#timeout = timeout;
    this.#owner = owner;
  }

  /** The client asked for something, or may from now on. */
  touch(): void {
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
    else if (this.#owner.isBusy) this.touch();
    else this.#owner.onIdle();
  }
}
