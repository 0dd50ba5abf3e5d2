import { BULK_MODULE } from './bulk-module.js';
import { TABLES_LENGTH, writeBulkTables } from './bulk-tables.js';
import { readLatin1, readUtf16, writeUtf16 } from './strings.js';

/** Bytes of input taken at once. */
export const BULK_RUN_LENGTH = 64 * 1024;

/** Where in the memory input is copied to. What comes before is for transports to read into. */
const INPUT_AT = BULK_RUN_LENGTH;

/** Where output is written. It may be twice as long as the input, as UTF-16 of ASCII is. */
const OUTPUT_AT = 2 * BULK_RUN_LENGTH;

/**
 * Where the tables are, with a gap in front: vector stores may write past the end of the output.
 */
const TABLES_AT = 4 * BULK_RUN_LENGTH + 256;

/** How many code units are encoded in one call. */
export const BULK_TEXT_LENGTH = BULK_RUN_LENGTH / 2;

/** How many bytes may be written past the end of an encoded text. */
export const BULK_OVERSHOOT = 20;

/** Where the slabs begin, and how many there are. */
const SLABS_AT = 5 * BULK_RUN_LENGTH;
const SLABS = 8;

/** The part of WebAssembly that is used here; Node's types do not declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface BulkExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly unmask: (at: number, end: number, key: number) => number;
  readonly unmaskTexts: (at: number, end: number) => number;
  readonly decode: (at: number, end: number, out: number) => number;
  readonly narrow: (at: number, end: number, out: number) => number;
  readonly encode: (at: number, end: number, out: number) => number;
}

interface BulkInstance {
  readonly exports: BulkExports;
}

/**
 * Works on whole runs of bytes with SIMD, in a WebAssembly memory of its own (`bulk.wat`). What a
 * transport reads into {@link readBuffer} is worked on in place; all else has to be copied into the
 * memory.
 */
export class Bulk {
  /** 64 KiB that a transport may read into. */
  readonly readBuffer: Buffer;
  /** Slabs of 64 KiB that text can be encoded into. */
  readonly slabs: readonly Buffer[];
  readonly #memory: Buffer;
  readonly #exports: BulkExports;

  private constructor(instance: BulkInstance) {
    this.#exports = instance.exports;
    this.#memory = Buffer.from(instance.exports.memory.buffer);
    this.readBuffer = this.#memory.subarray(0, BULK_RUN_LENGTH);
    this.slabs = Array.from({ length: SLABS }, (_, index) => {
      const at = SLABS_AT + index * BULK_RUN_LENGTH;
      return this.#memory.subarray(at, at + BULK_RUN_LENGTH);
    });
    writeBulkTables(this.#memory.subarray(TABLES_AT, TABLES_AT + TABLES_LENGTH));
  }

  /** Undefined where WebAssembly with SIMD is not available, as with `--jitless`. */
  static open(): Bulk | undefined {
    try {
      const module = new WebAssembly.Module(Buffer.from(BULK_MODULE, 'base64'));
      return new Bulk(new WebAssembly.Instance(module) as BulkInstance);
    } catch {
      return undefined;
    }
  }

  /**
   * Whether this is a buffer of this memory: of a few objects, for `bytes.buffer` would take 50 ns.
   * The memory never grows, so they stay valid.
   */
  holds(bytes: Uint8Array): boolean {
    return bytes === this.readBuffer || this.slabs.includes(bytes as Buffer);
  }

  /**
   * XORs `bytes[start, end)`, which this memory holds, with a key given as the little-endian number
   * of its four bytes. Returns whether every result is ASCII.
   */
  unmask(bytes: Uint8Array, start: number, end: number, key: number): boolean {
    const at = bytes.byteOffset;
    return this.#exports.unmask(at + start, at + end, key) === 0;
  }

  /**
   * Unmasks the frames in `bytes[start, end)`, which this memory holds, as long as each is a whole
   * text of up to 125 bytes that is ASCII. Returns where the first that is not begins. The frames
   * stay well-formed: their keys become zero.
   */
  unmaskTexts(bytes: Uint8Array, start: number, end: number): number {
    const base = bytes.byteOffset;
    return this.#exports.unmaskTexts(base + start, base + end) - base;
  }

  /** Decodes valid UTF-8 of up to {@link BULK_RUN_LENGTH} bytes. */
  decode(bytes: Buffer, start: number, end: number): string {
    let at = start;
    // Not in a slab either: whole vectors are read, and behind the last slab the memory ends.
    if (bytes !== this.readBuffer) {
      bytes.copy(this.#memory, INPUT_AT, start, end);
      at = INPUT_AT;
    }
    const outputEnd = this.#exports.decode(at, at + end - start, OUTPUT_AT);
    // As Latin-1, if it is no more, a string takes half the memory, and less time to make.
    return this.#exports.narrow(OUTPUT_AT, outputEnd, INPUT_AT) === 1
      ? readLatin1(this.#memory, INPUT_AT, INPUT_AT + (outputEnd - OUTPUT_AT) / 2)
      : readUtf16(this.#memory, OUTPUT_AT, outputEnd);
  }

  /**
   * Writes text of up to {@link BULK_TEXT_LENGTH} code units as UTF-8 at `at` of a slab, and returns
   * the bytes it took. There must be room for {@link BULK_OVERSHOOT} more.
   */
  encode(text: string, slab: Buffer, at: number): number {
    const inputEnd = INPUT_AT + writeUtf16(this.#memory, text, INPUT_AT);
    const start = slab.byteOffset + at;
    return this.#exports.encode(INPUT_AT, inputEnd, start) - start;
  }
}
