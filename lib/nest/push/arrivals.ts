import type { Duplex } from 'node:stream';
import type { Disconnection } from './disconnect.js';

/**
 * Handshakes that are under way, and the disconnections they have missed. A client that the guards
 * have just let in is not among the connections yet: if its user is disconnected at that moment, it
 * must not slip through.
 */
export class Arrivals {
  /**
   * The transport of each, and how many disconnections there had been when it began; the oldest
   * first.
   */
  readonly #underWay = new Map<Duplex, number>();
  readonly #recent: Disconnection[] = [];
  #forgotten = 0;

  /** Their transports. */
  get transports(): readonly Duplex[] {
    return Array.from(this.#underWay.keys());
  }

  begin(arrival: Duplex): void {
    this.#underWay.set(arrival, this.#total);
  }

  /** Returns the disconnections the arrival has missed; none if it had ended before. */
  end(arrival: Duplex): readonly Disconnection[] {
    const since = this.#underWay.get(arrival) ?? this.#total;
    this.#underWay.delete(arrival);
    const missed = this.#recent.slice(since - this.#forgotten);
    this.#forget();
    return missed;
  }

  note(disconnection: Disconnection): void {
    if (this.#underWay.size > 0) this.#recent.push(disconnection);
  }

  get #total(): number {
    return this.#forgotten + this.#recent.length;
  }

  /** Drops disconnections that came before the oldest handshake under way: none has missed them. */
  #forget(): void {
    const [needed = this.#total] = this.#underWay.values();
    this.#recent.splice(0, needed - this.#forgotten);
    this.#forgotten = needed;
  }
}
