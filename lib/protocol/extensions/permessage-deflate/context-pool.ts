/** How many contexts without an owner are kept. */
const KEPT = 4;

/** A context, and the owner whose window is in it. */
export interface Slot<Context> {
  readonly context: Context;
  owner: object | undefined;
}

/**
 * Lends a bounded number of contexts to any number of owners. When all are lent, the least recently
 * used one is taken from its owner.
 */
export class ContextPool<Context extends { close(): void }> {
  readonly #open: () => Context;
  readonly #capacity: number;
  /** The least recently used first. */
  readonly #lent = new Set<Slot<Context>>();
  readonly #free: Slot<Context>[] = [];

  constructor(open: () => Context, capacity: number) {
    this.#open = open;
    this.#capacity = capacity;
  }

  /**
   * A context for `owner`, until it is taken away for another. Its window may be that of any owner
   * before.
   */
  lend(owner: object): Slot<Context> {
    const slot = this.#free.pop() ?? this.#takeOrOpen();
    slot.owner = owner;
    this.#lent.add(slot);
    return slot;
  }

  /** Says that its owner is using it again. */
  touch(slot: Slot<Context>): void {
    this.#lent.delete(slot);
    this.#lent.add(slot);
  }

  giveBack(slot: Slot<Context>): void {
    if (this.#free.length >= KEPT) {
      this.discard(slot);
      return;
    }
    slot.owner = undefined;
    this.#lent.delete(slot);
    this.#free.push(slot);
  }

  /** Closes a context that is not to be used again. */
  discard(slot: Slot<Context>): void {
    slot.owner = undefined;
    this.#lent.delete(slot);
    slot.context.close();
  }

  #takeOrOpen(): Slot<Context> {
    const [oldest] = this.#lent;
    if (oldest === undefined || this.#lent.size < this.#capacity) {
      return { context: this.#open(), owner: undefined };
    }
    this.#lent.delete(oldest);
    return oldest;
  }
}
