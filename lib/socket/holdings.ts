import type { SharedSettings } from './connection-settings.js';
import type { MemoryHolder } from './memory-holder.js';
import type { Receiving } from './message-watch.js';

/** What is told how much a connection holds. */
export type HoldingsReaders = Pick<SharedSettings, 'messageWatch' | 'memory'>;

/**
 * What one connection keeps in memory, in bytes. Created when there is something: most connections
 * hold nothing.
 */
export class Holdings {
  readonly #connection: MemoryHolder & Receiving;
  readonly #readers: HoldingsReaders;
  /** Incomplete messages of the peer. */
  #input = 0;
  /** Output that waits. */
  #output = 0;
  /** What the owner of the connection holds for it. */
  #byOwner = 0;

  constructor(connection: MemoryHolder & Receiving, readers: HoldingsReaders) {
    this.#connection = connection;
    this.#readers = readers;
  }

  get total(): number {
    return this.#input + this.#output + this.#byOwner;
  }

  get byOwner(): number {
    return this.#byOwner;
  }

  /** Says what is held now. */
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
