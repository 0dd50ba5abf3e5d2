import { BULK_MODULE } from './bulk-module.js';

/** Bytes of input taken at once. */
export const BULK_RUN_LENGTH = 64 * 1024;

/** Where in the memory input from elsewhere is copied to; what comes before is for reading into. */
const INPUT_AT = BULK_RUN_LENGTH;

/** Where output goes. It may be twice as long as the input, as UTF-16 of ASCII is. */
const OUTPUT_AT = 2 * BULK_RUN_LENGTH;

/** The little of WebAssembly that is used here; Node's types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface BulkExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly unmask: (at: number, end: number, key: number) => number;
  readonly unmaskTexts: (at: number, end: number) => number;
  readonly transcode: (at: number, end: number, out: number) => number;
}

/**
 * Work on whole runs of bytes with SIMD, in a memory of its own (`bulk.wat`). What a transport reads
 * into {@link readBuffer} is worked on where it lies; all else has to be copied in.
 */
export class Bulk {
  /** 64 KiB that a transport may read into. */
  readonly readBuffer: Buffer;
  readonly #memory: Buffer;
  readonly #exports: BulkExports;

  private constructor(exports: BulkExports) {
    this.#exports = exports;
    this.#memory = Buffer.from(exports.memory.buffer);
    this.readBuffer = this.#memory.subarray(0, BULK_RUN_LENGTH);
  }

  /** Undefined where WebAssembly with SIMD is not to be had (`--jitless`, say). */
  static open(): Bulk | undefined {
    try {
      const module = new WebAssembly.Module(Buffer.from(BULK_MODULE, 'base64'));
      return new Bulk(new WebAssembly.Instance(module).exports as BulkExports);
    } catch {
      return undefined;
    }
  }

  /** Whether the bytes lie in this memory. The memory never grows, so they stay where they are. */
  holds(bytes: Uint8Array): boolean {
    return bytes === this.readBuffer || bytes.buffer === this.#memory.buffer;
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
    let at = bytes.byteOffset + start;
    if (!this.holds(bytes)) {
      bytes.copy(this.#memory, INPUT_AT, start, end);
      at = INPUT_AT;
    }
    const outputEnd = this.#exports.transcode(at, at + end - start, OUTPUT_AT);
    return this.#memory.toString('utf16le', OUTPUT_AT, outputEnd);
  }
}
