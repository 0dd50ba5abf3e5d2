import type { MessageProgress } from '../protocol/message/message-reader.js';
import { Rounds } from './rounds.js';

/** What a {@link MessageWatch} needs of a connection. */
export interface MessageWatchTarget {
  readonly progress: MessageProgress;
  /** Nothing is read from it for now, so its message cannot make progress. */
  readonly isUnread: boolean;
  fail(code: number, reason: string): void;
}

/** The progress of a connection when its current timeout began. */
interface Start extends MessageProgress {
  checks: number;
}

/**
 * How many bytes of a message must arrive in each timeout: 0.5 KiB/s with the default, a tenth of
 * what GPRS carries.
 */
const MIN_PROGRESS = 16 * 1024;

/** How often each connection is checked within a timeout. */
const CHECKS_PER_TIMEOUT = 2;

/**
 * Fails connections on which a message has begun and does not continue. Uses one timer for all,
 * which runs only while there are such connections. Within each timeout the message must end, or
 * 16 KiB of it must arrive: slow uploads get through, but nobody can occupy memory for ever by
 * sending a byte now and then. It checks twice per timeout, so a peer has between one and one and
 * a half timeouts.
 */
export class MessageWatch {
  readonly #timeout: number;
  readonly #closeCode: number;
  readonly #unfinished = new Map<MessageWatchTarget, Start>();
  readonly #rounds: Rounds;

  /**
   * `timeout` in milliseconds; 0 switches the watch off. Connections are failed with `closeCode`.
   */
  constructor(timeout: number, closeCode: number) {
    this.#timeout = timeout;
    this.#closeCode = closeCode;
    this.#rounds = new Rounds(timeout / CHECKS_PER_TIMEOUT, () => this.#checkAll());
  }

  /** A message has begun, or more of it has arrived. */
  add(connection: MessageWatchTarget): void {
    if (this.#timeout === 0 || this.#unfinished.has(connection)) return;
    this.#unfinished.set(connection, startOf(connection));
    this.#rounds.start();
  }

  /** No incomplete message is left. */
  delete(connection: MessageWatchTarget): void {
    this.#unfinished.delete(connection);
    if (this.#unfinished.size === 0) this.#rounds.stop();
  }

  #checkAll(): void {
    for (const [connection, start] of this.#unfinished) {
      if (connection.isUnread || hasProgressed(connection.progress, start)) {
        this.#unfinished.set(connection, startOf(connection));
      } else if (++start.checks > CHECKS_PER_TIMEOUT) {
        connection.fail(this.#closeCode, 'a message has begun and does not end');
      }
    }
  }
}

function startOf({ progress }: MessageWatchTarget): Start {
  return { ...progress, checks: 0 };
}

function hasProgressed(now: MessageProgress, start: MessageProgress): boolean {
  return now.ended !== start.ended || now.bytes - start.bytes >= MIN_PROGRESS;
}
