import type { MessageProgress } from '../protocol/message/message-reader.js';
import { Rounds } from './rounds.js';

/** What a {@link MessageWatch} needs of a connection. */
export interface Receiving {
  readonly progress: MessageProgress;
  /** Nothing is read from it for now, so its message cannot make progress. */
  readonly isUnread: boolean;
  fail(code: number, reason: string): void;
}

/** The progress of a connection when its current timeout began. */
interface Start extends MessageProgress {
  looks: number;
}

/**
 * How many bytes of a message must arrive in each timeout: 0.5 KiB/s with the default, a tenth of
 * what GPRS carries.
 */
const ENOUGH = 16 * 1024;

/** How often it looks at each connection in a timeout. */
const LOOKS = 2;

/**
 * Fails connections whose peer has begun a message and does not go on with it, with one timer for
 * all, which runs only while there are any. Within each timeout the message has to end, or 16 KiB
 * of it have to arrive: slow uploads that are meant get through, but nobody can hold memory for
 * ever by sending a byte now and then. It looks twice per timeout, so a peer has between one and
 * one and a half of it.
 */
export class MessageWatch {
  readonly #timeout: number;
  readonly #closeCode: number;
  readonly #unfinished = new Map<Receiving, Start>();
  readonly #rounds: Rounds;

  /**
   * `timeout` in milliseconds; 0 switches the watch off. Connections are failed with `closeCode`.
   */
  constructor(timeout: number, closeCode: number) {
    this.#timeout = timeout;
    this.#closeCode = closeCode;
    this.#rounds = new Rounds(timeout / LOOKS, () => this.#lookAtAll());
  }

  /** A message has begun, or more of it has arrived. */
  add(connection: Receiving): void {
    if (this.#timeout === 0 || this.#unfinished.has(connection)) return;
    this.#unfinished.set(connection, startOf(connection));
    this.#rounds.start();
  }

  /** No incomplete message is left. */
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
