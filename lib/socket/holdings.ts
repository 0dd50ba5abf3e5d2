import type { SharedSettings } from './connection-settings.js';
import type { MemoryHolder } from './memory-holder.js';
import type { MessageWatchTarget } from './message-watch.js';

/** Who is told how much memory a connection holds. */
export type HoldingsReaders = Pick<SharedSettings, 'messageWatch' | 'memory'>;

/**
 * What one connection keeps in memory, in bytes. Created when there is something: most connections
 * hold nothing.
 */
export class Holdings {
  readonly #connection: MemoryHolder & MessageWatchTarget;
  readonly #readers: HoldingsReaders;
  /** Incomplete messages of the peer. */
  #input = 0;
  /** Output that waits. */
  #output = 0;
  /** Memory of the connection's owner, such as messages that wait to be handled. */
  #byOwner = 0;

  constructor(connection: MemoryHolder & MessageWatchTarget, readers: HoldingsReaders) {
    this.#connection = connection;
    this.#readers = readers;
  }

  get total(): number {
    return this.#input + this.#output + this.#byOwner;
  }

  get byOwner(): number {
    return this.#byOwner;
  }

  /** Reports the current sizes. */
  update(input: number, output: number, byOwner: number): void {
    if (input === this.#input && output === this.#output && byOwner === this.#byOwner) return;
    const { messageWatch, memory } = this.#readers;
    const before = this.total;
    this.#input = input;
    this.#output = output;
    this.#byOwner = byOwner;
    if (input > 0) messageWatch?.add(this.#connection);
    else messageWatch?.delete(this.#connection);
    if (before !== this.total) memory?.report(this.#connection, before);
  }
}
