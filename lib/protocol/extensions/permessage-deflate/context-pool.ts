/** How many contexts without an owner are kept. */
const KEPT = 4;

/** Who borrows contexts of one kind. */
export interface Borrower<Context> {
  /** Contexts of the same kind may take each other's place. */
  readonly kind: number;
  openContext(): Context;
}

/** A context, and the owner of the window in it. */
export interface Slot<Context> {
  readonly context: Context;
  readonly kind: number;
  owner: Borrower<Context> | undefined;
}

/**
 * Lends a bounded number of contexts to any number of owners. When all are lent, the least recently
 * used one is taken from its owner. The bound is on all kinds together: peers choose the kind.
 */
export class ContextPool<Context extends { close(): void }> {
  readonly #capacity: number;
  /** The least recently used first. */
  readonly #lent = new Set<Slot<Context>>();
  readonly #free: Slot<Context>[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * A context for `owner`, until it is taken away for another. Its window may be that of any owner
   * before.
   */
  lend(owner: Borrower<Context>): Slot<Context> {
    const slot = this.#takeFree(owner.kind) ?? this.#takeOrOpen(owner);
    slot.owner = owner;
    this.touch(slot);
    return slot;
  }

  /** Notes that its owner is using it again. */
  touch(slot: Slot<Context>): void {
    this.#lent.delete(slot);
    this.#lent.add(slot);
  }

  giveBack(slot: Slot<Context>): void {
    slot.owner = undefined;
    this.#lent.delete(slot);
    this.#free.push(slot);
    if (this.#free.length > KEPT) this.#free.shift()?.context.close();
  }

  /** Closes a context that is not to be used again. */
  discard(slot: Slot<Context>): void {
    slot.owner = undefined;
    this.#lent.delete(slot);
    slot.context.close();
  }

  #takeFree(kind: number): Slot<Context> | undefined {
    const at = this.#free.findLastIndex((slot) => slot.kind === kind);
    return at === -1 ? undefined : this.#free.splice(at, 1)[0];
  }

  #takeOrOpen(owner: Borrower<Context>): Slot<Context> {
    const [oldest] = this.#lent;
    if (oldest !== undefined && this.#lent.size >= this.#capacity) {
      if (oldest.kind === owner.kind) return oldest;
      this.discard(oldest);
    }
    return { context: owner.openContext(), kind: owner.kind, owner: undefined };
  }
}
