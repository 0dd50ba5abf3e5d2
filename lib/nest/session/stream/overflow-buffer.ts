import type { StreamOptions } from '../../options/stream-options.js';
import type { ByteAccount } from '../byte-account.js';

/** What goes over the wire for one item. */
export type EncodedItem = string | Uint8Array;

/** An item that waits, and how many are missing right before it. */
export interface WaitingItem {
  /**
   * Its encoded message, if it could be encoded and if it tells the right number of missing items.
   */
  readonly encoded: EncodedItem | undefined;
  /** The item itself, if it may still have to be encoded, or encoded again. */
  readonly item: unknown;
  readonly dropped: number;
}

/** What an {@link OverflowBuffer} needs of its stream. */
export interface OverflowBufferOwner extends ByteAccount {
  /** The message of an item; undefined if none can be made of it. Does not throw. */
  encode(item: unknown, dropped: number): EncodedItem | undefined;
}

interface Entry {
  readonly item: unknown;
  readonly encoded: EncodedItem | undefined;
  /** How many missing items the message tells of. */
  readonly told: number;
  dropped: number;
}

/**
 * Items of an Observable that the client is not ready for: bounded in number and in bytes, and
 * exact about the gaps that dropping leaves.
 *
 * They are kept encoded, because that is the only way to know their size, and they would have to be
 * encoded anyway. In modes that drop the oldest, the items themselves are kept as well: how many
 * are missing before one is known only when it leaves. `latest` keeps one item, and encodes only
 * those that leave.
 */
export class OverflowBuffer {
  readonly #options: Required<StreamOptions>;
  readonly #owner: OverflowBufferOwner;
  readonly #capacity: number;
  #entries: Entry[] = [];
  #head = 0;
  #bytes = 0;
  #droppedAtEnd: number;

  /** @param dropped how many items are missing before the first */
  constructor(options: Required<StreamOptions>, dropped: number, owner: OverflowBufferOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#capacity = capacityOf(options);
    this.#droppedAtEnd = dropped;
  }

  get size(): number {
    return this.#entries.length - this.#head;
  }

  /** How many items are missing after the last one that waits; the caller tells the client. */
  takeGap(): number {
    const gap = this.#droppedAtEnd;
    this.#droppedAtEnd = 0;
    return gap;
  }

  /** Takes the item in, or drops one as the mode says. Returns false if that is an overflow. */
  add(item: unknown): boolean {
    const { overflow } = this.#options;
    if (!this.#isFull) this.#append(item);
    else if (overflow === 'buffer' || overflow === 'error') return false;
    else if (overflow === 'dropNewest' || this.#capacity === 0) this.#droppedAtEnd += 1;
    else this.#replaceOldest(item);
    return true;
  }

  /** The item that waits longest. */
  take(): WaitingItem | undefined {
    const entry = this.#shift();
    if (entry === undefined) return undefined;
    const { item, dropped, told } = entry;
    return { item, dropped, encoded: told === dropped ? entry.encoded : undefined };
  }

  /** Drops everything. Returns how many items are missing now, those dropped before included. */
  clear(): number {
    let missing = this.takeGap();
    for (let entry = this.#shift(); entry !== undefined; entry = this.#shift()) {
      missing += entry.dropped + 1;
    }
    return missing;
  }

  /**
   * One item may exceed the bytes: its size is known only when it is here, and it would fit into no
   * buffer.
   */
  get #isFull(): boolean {
    return this.size >= this.#capacity || this.#bytes >= this.#options.bufferBytes;
  }

  #append(item: unknown): void {
    const dropped = this.takeGap();
    const { overflow } = this.#options;
    const encoded = overflow === 'latest' ? undefined : this.#owner.encode(item, dropped);
    const isEnough = encoded !== undefined && overflow !== 'dropOldest';
    this.#entries.push({ item: isEnough ? undefined : item, encoded, told: dropped, dropped });
    this.#grow(encoded?.length ?? 0);
  }

  #replaceOldest(item: unknown): void {
    let gap = 0;
    while (this.#isFull) gap += (this.#shift()?.dropped ?? 0) + 1;
    this.#append(item);
    const oldest = this.#entries[this.#head];
    if (oldest !== undefined) oldest.dropped += gap;
  }

  #shift(): Entry | undefined {
    const first = this.#entries[this.#head];
    if (first === undefined) return undefined;
    this.#entries[this.#head] = EMPTY;
    this.#head += 1;
    if (this.#head === this.#entries.length) this.#compact();
    else if (this.#head > 64 && this.#head * 2 > this.#entries.length) this.#compact();
    this.#grow(-(first.encoded?.length ?? 0));
    return first;
  }

  #compact(): void {
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }

  #grow(difference: number): void {
    if (difference === 0) return;
    this.#bytes += difference;
    this.#owner.addHeldBytes(difference);
  }
}

/** Takes the place of an item that has left, so that the item can be collected. */
const EMPTY: Readonly<Entry> = { item: undefined, encoded: undefined, told: 0, dropped: 0 };

function capacityOf({ overflow, buffer }: Required<StreamOptions>): number {
  if (overflow === 'error') return 0;
  return overflow === 'latest' ? 1 : buffer;
}
