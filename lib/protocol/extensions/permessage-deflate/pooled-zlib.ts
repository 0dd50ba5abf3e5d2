import { type Borrower, ContextPool, type Slot } from './context-pool.js';
import type { DeflateSettings, ZlibContext, ZlibContexts } from './zlib-context.js';

/**
 * How many deflate contexts there may be: at 268 KiB each with zlib's defaults, 34 MiB in all. A
 * connection in a burst keeps its window. Only when more connections than this are busy do they take
 * contexts from each other.
 */
const CAPACITY = 128;

/**
 * Lends a bounded number of deflate contexts to any number of connections. A sender may forget its
 * window whenever it likes, since what it sends then refers to nothing, so a context is simply reset
 * when it changes hands. Inflating has no such freedom: the window is the peer's to refer to.
 */
export class PooledZlib implements ZlibContexts {
  readonly #contexts: ZlibContexts;
  readonly #pool = new ContextPool<ZlibContext>(CAPACITY);

  constructor(contexts: ZlibContexts) {
    this.#contexts = contexts;
  }

  openDeflate(settings: DeflateSettings): ZlibContext {
    return new LentDeflate(this.#pool, this.#contexts, settings);
  }

  openInflate(windowBits: number): ZlibContext {
    return this.#contexts.openInflate(windowBits);
  }
}

/** What a connection holds: a context that others may take from it. */
class LentDeflate implements ZlibContext, Borrower<ZlibContext> {
  readonly #pool: ContextPool<ZlibContext>;
  readonly #contexts: ZlibContexts;
  readonly #settings: DeflateSettings;
  #slot: Slot<ZlibContext> | undefined;

  constructor(pool: ContextPool<ZlibContext>, contexts: ZlibContexts, settings: DeflateSettings) {
    this.#pool = pool;
    this.#contexts = contexts;
    this.#settings = settings;
  }

  /** A number of its own for each choice of settings: level and memLevel are at most 9. */
  get kind(): number {
    const { windowBits, level, memLevel } = this.#settings;
    return windowBits * 256 + memLevel * 16 + level;
  }

  openContext(): ZlibContext {
    return this.#contexts.openDeflate(this.#settings);
  }

  run(input: Uint8Array, limit: number): Buffer {
    return this.#takeContext().run(input, limit);
  }

  /** Without a window to keep, there is no reason to keep the context. */
  reset(): void {
    this.close();
  }

  close(): void {
    if (this.#slot?.owner === this) this.#pool.giveBack(this.#slot);
    this.#slot = undefined;
  }

  #takeContext(): ZlibContext {
    if (this.#slot?.owner === this) this.#pool.touch(this.#slot);
    else {
      this.#slot = this.#pool.lend(this);
      this.#slot.context.reset();
    }
    return this.#slot.context;
  }
}
