import type { MessageProgress } from '../protocol/message/message-reader.js';
import { Rounds } from './rounds.js';

/** What a {@link MessageWatch} needs of a connection. */
export interface Receiving {
  readonly progress: MessageProgress;
  /** Nothing is read from it for now, so that it cannot go on. */
  readonly isUnread: boolean;
  fail(code: number, reason: string): void;
}

/** Where a connection stood when its time began. */
interface Start extends MessageProgress {
  looks: number;
}

/** How much of a message has to arrive in each timeout: 0.5 KiB/s with the default, a tenth of what GPRS carries. */
const ENOUGH = 16 * 1024;

/** Looks in a timeout. */
const LOOKS = 2;

/**
 * Ends connections whose peer has begun a message and does not go on with it: one timer for all of
 * them, which runs while there are any. In each timeout the message has to end, or 16 KiB of it
 * have to arrive. So the slowest of legitimate uploads go through, and nobody can hold memory
 * for ever with a byte now and then. It looks twice in a timeout; a peer so has one to one and a
 * half of it.
 */
export class MessageWatch {
  readonly #timeout: number;
  readonly #closeCode: number;
  readonly #unfinished = new Map<Receiving, Start>();
  readonly #rounds: Rounds;

  /** `timeout` in milliseconds; 0 switches the watch off. A connection is ended with `closeCode`. */
  constructor(timeout: number, closeCode: number) {
    this.#timeout = timeout;
    this.#closeCode = closeCode;
    this.#rounds = new Rounds(timeout / LOOKS, () => this.#lookAtAll());
  }

  /** A message has begun, or goes on. */
  add(connection: Receiving): void {
    if (this.#timeout === 0 || this.#unfinished.has(connection)) return;
    this.#unfinished.set(connection, startOf(connection));
    this.#rounds.start();
  }

  /** Every message that has begun has ended. */
  delete(connection: Receiving): void {
    this.#unfinished.delete(connection);
    if (this.#unfinished.size === 0) this.#rounds.stop();
  }

  #lookAtAll(): void {
    for (const [connection, start] of this.#unfinished) {
      if (connection.isUnread || hasProgressed(connection.progress, start)) {
        this.#unfinished.set(connection, startOf(connection));
      } else if (++start.looks > LOOKS) {
        connection.fail(this.#closeCode, 'a message has begun and does not end');
      }
    }
  }
}

function startOf({ progress }: Receiving): Start {
  return { ...progress, looks: 0 };
}

function hasProgressed(now: MessageProgress, start: MessageProgress): boolean {
  return now.ended !== start.ended || now.bytes - start.bytes >= ENOUGH;
}
