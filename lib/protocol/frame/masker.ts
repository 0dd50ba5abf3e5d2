import type { Bulk } from '../bulk/bulk.js';

/** Below this many bytes a loop over bytes is faster than setting up a loop over words. */
const WORDS_PAY_FROM = 16;

/** Views over larger buffers than this are not kept. Chunks and slabs are within it. */
const VIEW_KEPT_UP_TO = 64 * 1024;

/**
 * Applies masking keys (RFC 6455 5.3) in place, a 32-bit word at a time.
 *
 * A typed-array view costs as much as masking 64 bytes, so the view over the buffer last seen is
 * kept: a chunk with 32 frames, or a read buffer used again and again, pays for one.
 */
export class Masker {
  readonly #bulk: Bulk | undefined;
  readonly #keyBytes = new Uint8Array(4);
  readonly #keyWord = new Int32Array(this.#keyBytes.buffer);
  #viewed: ArrayBufferLike | undefined;
  #words: Int32Array = new Int32Array(0);

  constructor(bulk?: Bulk) {
    this.#bulk = bulk;
  }

  /**
   * Masks or unmasks `bytes[start, end)`, which begin `phase` bytes into the payload.
   * Returns whether every resulting byte is ASCII, which costs nothing to know here.
   */
  apply(bytes: Uint8Array, start: number, end: number, key: number, phase: number): boolean {
    if (this.#bulk?.holds(bytes)) {
      return this.#bulk.unmask(bytes, start, end, littleEndianKey(key, phase));
    }
    this.#rotateKey(key, phase);
    if (end - start < WORDS_PAY_FROM) return this.#applyBytes(bytes, start, end) < 0x80;
    const offset = bytes.byteOffset;
    const firstWord = (offset + start + 3) >> 2;
    const lastWord = (offset + end) >> 2;
    const aligned = (firstWord << 2) - offset;
    const rest = (lastWord << 2) - offset;
    const seenBefore = this.#applyBytes(bytes, start, aligned);
    this.#rotateKey(key, phase + aligned - start);
    const seenWithin = this.#applyWords(bytes.buffer, firstWord, lastWord);
    const seenAfter = this.#applyBytes(bytes, rest, end);
    return (seenBefore | seenAfter) < 0x80 && (seenWithin & 0x8080_8080) === 0;
  }

  #rotateKey(key: number, phase: number): void {
    for (let i = 0; i < 4; i++) this.#keyBytes[i] = key >>> (24 - 8 * ((i + phase) & 3));
  }

  #applyBytes(bytes: Uint8Array, start: number, end: number): number {
    const key = this.#keyBytes;
    let seen = 0;
    for (let i = start; i < end; i++) seen |= bytes[i] ^= key[(i - start) & 3];
    return seen;
  }

  #wordsOf(buffer: ArrayBufferLike): Int32Array {
    if (buffer === this.#viewed) return this.#words;
    const words = new Int32Array(buffer, 0, buffer.byteLength >> 2);
    // A large buffer will hardly be seen again, and the view would keep it alive.
    if (buffer.byteLength > VIEW_KEPT_UP_TO) return words;
    this.#viewed = buffer;
    this.#words = words;
    return words;
  }

  #applyWords(buffer: ArrayBufferLike, first: number, last: number): number {
    const words = this.#wordsOf(buffer);
    const key = this.#keyWord[0];
    let seen = 0;
    for (let i = first; i < last; i++) seen |= words[i] ^= key;
    return seen;
  }
}

/** The key as a little-endian number, rotated so that the byte for position `phase` comes first. */
function littleEndianKey(key: number, phase: number): number {
  const shift = (phase & 3) * 8;
  const turned = shift === 0 ? key : (key << shift) | (key >>> (32 - shift));
  return (turned >>> 24) | ((turned >>> 8) & 0xff00) | ((turned << 8) & 0xff0000) | (turned << 24);
}
