import type { Duplex } from 'node:stream';
import type { Disconnection } from './disconnect.js';

/** One disconnection, and the one after it. */
interface Link {
  readonly disconnection: Disconnection | undefined;
  next: Link | undefined;
}

/**
 * Handshakes that are under way, and the disconnections they have missed. A client that the guards
 * have just let in is not among the connections yet: if its user is disconnected at that moment, it
 * must not slip through.
 */
export class PendingHandshakes {
  /**
   * The transport of each, and the last disconnection before it began. Those before the oldest
   * handshake are held by nobody.
   */
  readonly #underWay = new Map<Duplex, Link>();
  #last: Link = { disconnection: undefined, next: undefined };

  /** Their transports. */
  get transports(): readonly Duplex[] {
    return Array.from(this.#underWay.keys());
  }

  /** A handshake begins on this transport. */
  begin(transport: Duplex): void {
    this.#underWay.set(transport, this.#last);
  }

  /** Returns the disconnections this handshake has missed; none if it had ended before. */
  end(transport: Duplex): readonly Disconnection[] {
    const missed: Disconnection[] = [];
    let link = this.#underWay.get(transport)?.next;
    this.#underWay.delete(transport);
    for (; link?.disconnection !== undefined; link = link.next) missed.push(link.disconnection);
    return missed;
  }

  /** Connections have been disconnected while handshakes were under way. */
  note(disconnection: Disconnection): void {
    if (this.#underWay.size === 0) return;
    this.#last = this.#last.next = { disconnection, next: undefined };
  }
}
