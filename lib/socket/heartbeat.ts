import { Rounds } from './rounds.js';

/**
 * What is known of a peer since the last check: something was `heard`; it was `silent`; it was
 * `pinged` and nothing has arrived since.
 */
export type Liveness = 'heard' | 'silent' | 'pinged';

/** What a heartbeat needs of a connection. */
export interface HeartbeatTarget {
  /** Set to `heard` by the connection whenever a chunk arrives, otherwise by the heartbeat. */
  liveness: Liveness;
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
 * It checks twice per interval: a connection that was silent since the last check is pinged, and
 * terminated if it is still silent at the next. So a quiet client is pinged once per interval, and
 * one that is gone is noticed within one and a half intervals.
 */
export class Heartbeat {
  readonly #interval: number;
  readonly #connections = new Set<HeartbeatTarget>();
  readonly #rounds: Rounds;

  /** `interval` in milliseconds; 0 switches the heartbeat off. */
  constructor(interval: number) {
    this.#interval = interval;
    this.#rounds = new Rounds(interval / 2, () => this.#sweep());
  }

  add(connection: HeartbeatTarget): void {
    if (this.#interval === 0) return;
    this.#connections.add(connection);
    this.#rounds.start();
  }

  delete(connection: HeartbeatTarget): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#rounds.stop();
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      if (connection.liveness === 'heard' || connection.isUnread) {
        connection.liveness = 'silent';
        // A ping is written although no answer can be read: if the peer is gone, the write fails.
        if (connection.isUnread) connection.ping();
      } else if (connection.liveness === 'pinged') connection.terminate();
      else {
        connection.liveness = 'pinged';
        connection.ping();
      }
    }
  }
}
