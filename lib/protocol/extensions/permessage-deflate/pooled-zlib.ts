import type { DeflateSettings, ZlibContext, ZlibContexts } from './zlib-context.js';

/**
 * Deflate contexts of one kind there may be: 268 KiB each with zlib's defaults, so 34 MiB in all. A
 * burst on one connection keeps its window; only among more busy connections than this do they
 * take contexts from each other.
 */
const CAPACITY = 128;

/** Contexts that are kept while nobody uses them. */
const KEPT = 4;

/**
 * Lends a bounded number of deflate contexts to any number of connections. A sender may forget its
 * window whenever it likes, since what it sends then refers to nothing, so a context is simply reset
 * when it changes hands. Inflating has no such freedom: the window is the peer's to refer to.
 */
export class PooledZlib implements ZlibContexts {
  readonly #contexts: ZlibContexts;
  readonly #pools = new Map<string, DeflatePool>();

  constructor(contexts: ZlibContexts) {
    this.#contexts = contexts;
  }

  openDeflate(settings: DeflateSettings): ZlibContext {
    const kind = `${settings.windowBits} ${settings.level} ${settings.memLevel}`;
    const pool = this.#pools.get(kind) ?? new DeflatePool(this.#contexts, settings);
    this.#pools.set(kind, pool);
    return new LentDeflate(pool);
  }

  openInflate(windowBits: number): ZlibContext {
    return this.#contexts.openInflate(windowBits);
  }
}

/** A context and whose window it holds. */
interface Slot {
  readonly context: ZlibContext;
  owner: LentDeflate | undefined;
}

class DeflatePool {
  readonly #contexts: ZlibContexts;
  readonly #settings: DeflateSettings;
  /** The least recently lent first. */
  readonly #lent = new Set<Slot>();
  readonly #free: Slot[] = [];

  constructor(contexts: ZlibContexts, settings: DeflateSettings) {
    this.#contexts = contexts;
    this.#settings = settings;
  }

  /** A context without a window, for `owner` until another needs it more. */
  lend(owner: LentDeflate): Slot {
    const slot = this.#free.pop() ?? this.#takeOrOpen();
    slot.context.reset();
    slot.owner = owner;
    this.#lent.add(slot);
    return slot;
  }

  giveBack(slot: Slot): void {
    slot.owner = undefined;
    this.#lent.delete(slot);
    if (this.#free.length < KEPT) this.#free.push(slot);
    else slot.context.close();
  }

  #takeOrOpen(): Slot {
    const [oldest] = this.#lent;
    if (oldest === undefined || this.#lent.size < CAPACITY) {
      return { context: this.#contexts.openDeflate(this.#settings), owner: undefined };
    }
    this.#lent.delete(oldest);
    return oldest;
  }
}

/** What a connection holds: a context while it is its turn. */
class LentDeflate implements ZlibContext {
  readonly #pool: DeflatePool;
  #slot: Slot | undefined;

  constructor(pool: DeflatePool) {
    this.#pool = pool;
  }

  run(input: Uint8Array, limit: number): Buffer {
    if (this.#slot?.owner !== this) this.#slot = this.#pool.lend(this);
    return this.#slot.context.run(input, limit);
  }

  /** With no window to keep there is no reason to keep the context either. */
  reset(): void {
    this.close();
  }

  close(): void {
    if (this.#slot?.owner === this) this.#pool.giveBack(this.#slot);
    this.#slot = undefined;
  }
}
