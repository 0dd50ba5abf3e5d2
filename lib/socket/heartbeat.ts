import { Rounds } from './rounds.js';

/**
 * What is known of a peer: something was `heard` since the last look; it has been `silent`; it was
 * `pinged` and nothing has been heard since.
 */
export type Pulse = 'heard' | 'silent' | 'pinged';

/** What a heartbeat needs of a connection. */
export interface Beating {
  /** Set to `heard` by every chunk that arrives, and else by the heartbeat. */
  pulse: Pulse;
  /**
   * Nothing is read from it for now, so its silence means nothing. Writing to it still shows
   * whether it is gone.
   */
  readonly isUnread: boolean;
  ping(): void;
  terminate(): void;
}

/**
 * Pings connections that are quiet, and terminates those that stay quiet, with one timer for all.
 * It looks twice per interval: a connection that was silent since the last look is pinged, and
 * terminated if it is still silent at the next. So a quiet client is pinged once per interval, and
 * one that is gone is noticed within one and a half.
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
        // A ping is written although no answer can be read: if the peer is gone, the write fails.
        if (connection.isUnread) connection.ping();
      } else if (connection.pulse === 'pinged') connection.terminate();
      else {
        connection.pulse = 'pinged';
        connection.ping();
      }
    }
  }
}
