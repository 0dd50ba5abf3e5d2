import type { Duplex } from 'node:stream';
import type { Disconnection } from './disconnect.js';

/**
 * Handshakes that are under way, and the disconnections they have missed. A client that the guards
 * have just let in is not among the connections yet: if its user is disconnected at that moment, it
 * must not slip through.
 */
export class PendingHandshakes {
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

  /** A handshake begins on this transport. */
  begin(transport: Duplex): void {
    this.#underWay.set(transport, this.#total);
  }

  /** Returns the disconnections this handshake has missed; none if it had ended before. */
  end(transport: Duplex): readonly Disconnection[] {
    const since = this.#underWay.get(transport) ?? this.#total;
    this.#underWay.delete(transport);
    const missed = this.#recent.slice(since - this.#forgotten);
    this.#forget();
    return missed;
  }

  /** Connections have been disconnected while handshakes were under way. */
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
