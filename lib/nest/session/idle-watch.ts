/** Notices when nothing has been asked of a connection for too long. Off with a timeout of 0. */
export class IdleWatch {
  readonly #timeout: number;
  readonly #isBusy: () => boolean;
  readonly #onIdle: () => void;
  #timer: NodeJS.Timeout | undefined = undefined;

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
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#look(), this.#timeout);
    else this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    if (this.#isBusy()) this.#timer?.refresh();
    else this.#onIdle();
  }
}
