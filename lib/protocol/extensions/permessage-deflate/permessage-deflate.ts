import { ProtocolViolation } from '../../protocol-violation.js';
import { UTF8_PER_CODE_UNIT } from '../../text/utf8-encoder.js';
import type { DeflateOptions } from './deflate-options.js';
import type { DeflateAgreement } from './negotiation.js';
import { OutputTooLarge, type ZlibContext, type ZlibContexts } from './zlib-context.js';

/**
 * The end of flushed deflate output, which the sender cuts off (RFC 7692 7.2.1) and the receiver
 * appends again (7.2.2).
 */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** RFC 7692 7.2.3.6: an empty message is "an empty uncompressed DEFLATE block" without its tail. */
const EMPTY = Buffer.from([0x00]);

/** The payload of an empty fragment of a message that goes on. */
const NOTHING = Buffer.alloc(0);

const DEFAULT_THRESHOLD = 1024;

/**
 * permessage-deflate on one connection, in both directions. Contexts are opened when first needed: a
 * connection that never compresses holds none.
 */
export class PerMessageDeflate {
  readonly #agreement: DeflateAgreement;
  readonly #options: DeflateOptions;
  readonly #contexts: ZlibContexts;
  #deflate: ZlibContext | undefined;
  #inflate: ZlibContext | undefined;

  constructor(agreement: DeflateAgreement, options: DeflateOptions, contexts: ZlibContexts) {
    this.#agreement = agreement;
    this.#options = options;
    this.#contexts = contexts;
  }

  /** The `Sec-WebSocket-Extensions` value that was agreed. */
  get header(): string {
    return this.#agreement.header;
  }

  /**
   * Whether to compress a message of this many bytes. Never with a window of 8 bits, which zlib can
   * inflate but not deflate with; no endpoint has to compress (RFC 7692 5).
   */
  shouldCompress(length: number): boolean {
    return length >= this.#threshold && length > 0 && this.#agreement.ownWindowBits > 8;
  }

  /**
   * The number of bytes to ask {@link shouldCompress} about for a text. They are counted only where
   * the number of code units does not decide it.
   */
  sizeOf(text: string): number {
    const { length } = text;
    const isSettled = length >= this.#threshold || length * UTF8_PER_CODE_UNIT < this.#threshold;
    return isSettled ? length : Buffer.byteLength(text);
  }

  /** Compresses a fragment; the bytes are valid until the next call. `fin` ends the message. */
  compress(payload: Uint8Array, fin: boolean): Buffer {
    const packed = payload.length > 0 ? this.#run(payload) : NOTHING;
    if (!fin) return packed;
    if (this.#agreement.ownNoContextTakeover) this.#deflate?.reset();
    return packed.length > 0 ? packed.subarray(0, packed.length - TAIL.length) : EMPTY;
  }

  /**
   * Inflates a whole message; the bytes are valid until the next call. Throws
   * {@link ProtocolViolation} where it cannot be inflated, or would pass `limit` bytes.
   */
  decompress(payload: Uint8Array, limit: number): Buffer {
    // Mojolicious sends an empty message as no bytes at all, which is not a deflate stream.
    if (payload.length === 0) return Buffer.alloc(0);
    this.#inflate ??= this.#contexts.openInflate(this.#agreement.peerWindowBits);
    try {
      const inflated = this.#inflate.run(Buffer.concat([payload, TAIL]), limit);
      if (this.#agreement.peerNoContextTakeover) this.#inflate.reset();
      return inflated;
    } catch (error) {
      throw new ProtocolViolation(
        error instanceof OutputTooLarge ? 'message-too-big' : 'compressed-data-invalid',
      );
    }
  }

  /** Frees both contexts. */
  close(): void {
    this.#deflate?.close();
    this.#inflate?.close();
    this.#deflate = this.#inflate = undefined;
  }

  get #threshold(): number {
    return this.#options.threshold ?? DEFAULT_THRESHOLD;
  }

  #run(payload: Uint8Array): Buffer {
    this.#deflate ??= this.#openDeflate();
    return this.#deflate.run(payload, Infinity);
  }

  #openDeflate(): ZlibContext {
    const { level = 6, memLevel = 8 } = this.#options.zlibDeflateOptions ?? {};
    return this.#contexts.openDeflate({
      windowBits: this.#agreement.ownWindowBits,
      level,
      memLevel,
    });
  }
}
