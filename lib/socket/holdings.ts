import type { SharedSettings } from './connection-settings.js';
import type { MemoryHolder } from './memory-holder.js';
import type { Receiving } from './message-watch.js';

/** Who is told of what a connection holds. */
export type HoldingsReaders = Pick<SharedSettings, 'messageWatch' | 'memory'>;

/** What one connection keeps in memory, in bytes. Made with the first of them: most connections hold nothing. */
export class Holdings {
  readonly #connection: MemoryHolder & Receiving;
  readonly #readers: HoldingsReaders;
  /** Of the peer's messages that have not ended. */
  #input = 0;
  /** Of what waits to be sent. */
  #output = 0;
  /** What the owner of the connection keeps for its sake. */
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
