/** What names beyond the limit count as. */
const OTHER = 'OTHER';

/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #maxNames: number;

  /** @param maxNames how many names are told apart; default: any number */
  constructor(maxNames = Infinity) {
    this.#maxNames = maxNames;
  }

  /** One more of this name. */
  add(name: string | number): void {
    const known = this.#counts.has(String(name)) || this.#counts.size < this.#maxNames;
    const key = known ? String(name) : OTHER;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** A copy, without a prototype: a name may be `__proto__`. */
  read(): Readonly<Record<string, number>> {
    const counts = Object.create(null) as Record<string, number>;
    for (const [name, count] of this.#counts) counts[name] = count;
    return counts;
  }
}
