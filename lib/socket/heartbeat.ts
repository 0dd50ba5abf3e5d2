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
  /** Bytes that were sent and have not reached the kernel. */
  readonly bufferedAmount: number;
  /** Bytes that have reached the kernel so far. */
  readonly sentBytes: number;
  ping(): void;
  terminate(): void;
}

/**
 * Pings connections that are quiet, and terminates those that stay quiet, with one timer for all.
 * It checks twice per interval: a connection that was silent since the last check is pinged, and
 * terminated if it is still silent at the next. So a quiet client is pinged once per interval, and
 * one that is gone is noticed within one and a half intervals. A ping may wait behind much that was
 * sent before: as long as the peer reads that, no answer is due.
 */
export class Heartbeat {
  readonly #interval: number;
  readonly #connections = new Set<HeartbeatTarget>();
  /** What had been sent at the last check, of connections whose ping is behind other output. */
  readonly #sent = new Map<HeartbeatTarget, number>();
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
    this.#sent.delete(connection);
    if (this.#connections.size === 0) this.#rounds.stop();
  }

  #sweep(): void {
    for (const connection of this.#connections) {
      const isReading = this.#isReading(connection);
      if (connection.liveness === 'heard' || connection.isUnread) {
        connection.liveness = 'silent';
        // A ping is written although no answer can be read: if the peer is gone, the write fails.
        if (connection.isUnread) connection.ping();
      } else if (connection.liveness === 'silent') {
        connection.liveness = 'pinged';
        connection.ping();
      } else if (!isReading) connection.terminate();
    }
  }

  /** Whether output that waits has become less since the last check, because the peer reads. */
  #isReading(connection: HeartbeatTarget): boolean {
    const before = this.#sent.get(connection);
    if (connection.bufferedAmount > 0) this.#sent.set(connection, connection.sentBytes);
    else this.#sent.delete(connection);
    return before !== undefined && connection.sentBytes > before;
  }
}
