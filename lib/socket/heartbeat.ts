import { Rounds } from './rounds.js';

/** What is known of a peer: `heard` since the last look, `silent` since, or still so after a ping. */
export type Pulse = 'heard' | 'silent' | 'pinged';

/** What a heartbeat needs of a connection. */
export interface Beating {
  /** Set to `heard` by every chunk that arrives, and else by the heartbeat. */
  pulse: Pulse;
  /** Nothing is read from it for now, so its silence says nothing; but writing to it tells when it is gone. */
  readonly isUnread: boolean;
  ping(): void;
  terminate(): void;
}

/**
 * Pings connections that have gone quiet, and terminates those that stay so: one timer for all of
 * them. It looks twice in an interval: a connection that was silent since the last look is pinged,
 * and is dead if it is still silent at the next. A quiet client that answers is so pinged once in
 * an interval, and one that is gone is noticed within one and a half.
 */
export class Heartbeat {
  readonly #interval: number;
  readonly #connections = new Set<Beating>();
  readonly #rounds: Rounds;

  /** `interval` in milliseconds; 0 switches the heartbeat off. */
  constructor(interval: number) {
    this.#interval = interval;
    this.#rounds = new Rounds(interval / 2, () => this.#sweep());
  }

  add(connection: Beating): void {
    if (this.#interval === 0) return;
    this.#connections.add(connection);
    this.#rounds.start();
  }

  delete(connection: Beating): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#rounds.stop();
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.pulse === 'heard' || connection.isUnread) {
        connection.pulse = 'silent';
        // One that has gone for good is found out by writing to it, where nothing is read.
        if (connection.isUnread) connection.ping();
      } else if (connection.pulse === 'pinged') connection.terminate();
      else {
        connection.pulse = 'pinged';
        connection.ping();
      }
    }
  }
}
