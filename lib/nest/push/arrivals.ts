import type { Duplex } from 'node:stream';
import type { Disconnection } from './disconnect.js';

/**
 * Handshakes that are under way, and the disconnections they have missed: whose guards have let it
 * in already is not among the connections yet, and must not slip through when its user is sent away
 * at that moment.
 */
export class Arrivals {
  /** With how many disconnections there had been when each began; the oldest first. */
  readonly #underWay = new Map<Duplex, number>();
  readonly #recent: Disconnection[] = [];
  #forgotten = 0;

  /** What they come on. */
  get transports(): readonly Duplex[] {
    return Array.from(this.#underWay.keys());
  }

  begin(arrival: Duplex): void {
    this.#underWay.set(arrival, this.#total);
  }

  /** Answers with what the arrival has missed; nothing if it had ended before. */
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

  /** What the oldest of them has not missed, none has. */
  #forget(): void {
    const [needed = this.#total] = this.#underWay.values();
    this.#recent.splice(0, needed - this.#forgotten);
    this.#forgotten = needed;
  }
}
