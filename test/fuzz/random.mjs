/** Random choices that are the same again for the same seed. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
    // Neighbouring seeds begin alike: walk them apart.
    for (let i = 0; i < 4; i++) this.word();
  }

  /** 32 bits; the generator is mulberry32. */
  word() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end) {
    return end <= 1 ? 0 : this.word() % end;
  }

  /** True once in `times`. */
  once(times) {
    return this.below(times) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Small numbers often, large ones now and then. */
  size() {
    return this.below(this.once(60) ? 40_000 : this.pick([3, 20, 20, 200, 1000]));
  }
}
