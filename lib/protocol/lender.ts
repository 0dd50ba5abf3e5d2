/** How many are kept for reuse. A burst may take more; the garbage collector gets those. */
const KEPT = 64;

/**
 * Lends objects that are needed only for a moment, so that owners who do not need one hold none.
 */
export class Lender<Thing> {
  readonly #make: () => Thing;
  readonly #free: Thing[] = [];

  constructor(make: () => Thing) {
    this.#make = make;
  }

  take(): Thing {
    return this.#free.pop() ?? this.#make();
  }

  /** Takes one back. Its borrower has reset it. */
  give(thing: Thing): void {
    if (this.#free.length < KEPT) this.#free.push(thing);
  }
}
