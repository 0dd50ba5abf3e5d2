/**
 * One direction of compression, with its window kept between calls. The bytes returned are valid
 * until the next call on any context of the same {@link ZlibContexts}: copy what is to be kept.
 */
export interface ZlibContext {
  /**
   * Runs `input` through and flushes to a byte boundary. Throws {@link OutputTooLarge} once more
   * than `limit` bytes come out, and any other error where the input cannot be processed.
   */
  run(input: Uint8Array, limit: number): Buffer;
  /** Forgets the window. */
  reset(): void;
  /** Frees what the context holds. */
  close(): void;
}

/** Where contexts come from: one way or another of driving zlib. */
export interface ZlibContexts {
  /** One that compresses. */
  openDeflate(settings: DeflateSettings): ZlibContext;
  /** One that decompresses, with a window of 8 to 15 bits. */
  openInflate(windowBits: number): ZlibContext;
}

/** How a deflate context compresses. */
export interface DeflateSettings {
  /** 9 to 15. */
  readonly windowBits: number;
  /** 0 (none) to 9 (smallest), as in zlib. */
  readonly level: number;
  /** 1 (least memory) to 9, as in zlib. */
  readonly memLevel: number;
}

/**
 * How many final blocks (RFC 7692 7.2.3.4) one call to {@link ZlibContext.run} inflates past. One a
 * message is what senders write; each costs a fresh stream for two bytes of input. With 64 of them
 * a message of 135 bytes took 0.25 ms, 1.8 ms without Node's internals, and a client that sent
 * nothing else held the event loop for 2 s at a time.
 */
export const MAX_FINAL_BLOCKS = 4;

/** Thrown by {@link ZlibContext.run} as soon as its output passes the limit. */
export class OutputTooLarge extends Error {
  override readonly name = 'OutputTooLarge';
}
