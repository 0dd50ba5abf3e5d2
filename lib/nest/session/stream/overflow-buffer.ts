import type { StreamOptions } from '../../stream-options.js';

/** An item that waits, and how many are missing right before it. */
export interface WaitingItem {
  readonly item: unknown;
  dropped: number;
}

/**
 * Items of an Observable that the client is not ready for: bounded, and exact about the gaps that
 * dropping leaves.
 */
export class OverflowBuffer {
  readonly #overflow: Required<StreamOptions>['overflow'];
  readonly #capacity: number;
  #items: WaitingItem[] = [];
  #head = 0;
  #droppedAtEnd = 0;

  constructor({ overflow, buffer }: Required<StreamOptions>) {
    this.#overflow = overflow;
    this.#capacity = capacityOf(overflow, buffer);
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** How many items are missing after the last one that waits; the caller tells the client. */
  takeGap(): number {
    const gap = this.#droppedAtEnd;
    this.#droppedAtEnd = 0;
    return gap;
  }

  /** Takes the item in, or drops one as the mode says. Answers false if that is an overflow. */
  add(item: unknown): boolean {
    if (this.size < this.#capacity) this.#append(item);
    else if (this.#overflow === 'buffer' || this.#overflow === 'error') return false;
    else if (this.#overflow === 'dropNewest' || this.#capacity === 0) this.#droppedAtEnd += 1;
    else this.#replaceOldest(item);
    return true;
  }

  /** The item that waits longest. */
  take(): WaitingItem | undefined {
    const first = this.#items[this.#head];
    if (first === undefined) return undefined;
    this.#items[this.#head] = EMPTY;
    this.#head += 1;
    if (this.#head === this.#items.length) this.#compact();
    else if (this.#head > 64 && this.#head * 2 > this.#items.length) this.#compact();
    return first;
  }

  #append(item: unknown): void {
    this.#items.push({ item, dropped: this.#droppedAtEnd });
    this.#droppedAtEnd = 0;
  }

  #replaceOldest(item: unknown): void {
    const gap = (this.take()?.dropped ?? 0) + 1;
    this.#append(item);
    const oldest = this.#items[this.#head];
    if (oldest !== undefined) oldest.dropped += gap;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}

/** Stands where an item was, so that the item can go. */
const EMPTY: Readonly<WaitingItem> = { item: undefined, dropped: 0 };

function capacityOf(overflow: Required<StreamOptions>['overflow'], buffer: number): number {
  if (overflow === 'error') return 0;
  return overflow === 'latest' ? 1 : buffer;
}
