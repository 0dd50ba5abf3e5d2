/** How many are kept while nobody has them. A burst may take more, which are then left to the collector. */
const KEPT = 64;

/** Lends things that many need for a moment, so that those who do not need one hold none. */
export class Lender<Thing> {
  readonly #make: () => Thing;
  readonly #free: Thing[] = [];

  constructor(make: () => Thing) {
    this.#make = make;
  }

  take(): Thing {
    return this.#free.pop() ?? this.#make();
  }

  /** Takes one back, as good as new. */
  give(thing: Thing): void {
    if (this.#free.length < KEPT) this.#free.push(thing);
  }
}
