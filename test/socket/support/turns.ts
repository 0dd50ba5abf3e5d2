/** Counts the turns of the event loop. */
export class TurnCounter {
  #turn = 0;
  #immediate: NodeJS.Immediate | undefined;

  constructor() {
    this.#begin();
  }

  get turn(): number {
    return this.#turn;
  }

  stop(): void {
    clearImmediate(this.#immediate);
  }

  #begin(): void {
    this.#turn += 1;
    this.#immediate = setImmediate(() => this.#begin());
  }
}
