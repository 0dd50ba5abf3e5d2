import { BULK_MODULE } from './bulk-module.js';

/** Bytes of input {@link Bulk} takes at once. */
export const BULK_INPUT_LENGTH = 64 * 1024;

/** Work on whole runs of bytes with SIMD, in a memory of its own (see `bulk.wat`). */
export interface Bulk {
  /** Input goes to the first {@link BULK_INPUT_LENGTH} bytes, output comes after them. Never grows, so views of it stay valid. */
  readonly memory: Buffer;
  /** XORs `[at, end)` with a key given as the four bytes it has in memory; returns 0 if all results are ASCII. */
  readonly unmask: (at: number, end: number, key: number) => number;
  /** Writes the valid UTF-8 in `[at, end)` as UTF-16 from `out` on; returns where that ends. */
  readonly transcode: (at: number, end: number, out: number) => number;
}

/** The little of WebAssembly that is used here; Node's types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface BulkExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly unmask: Bulk['unmask'];
  readonly transcode: Bulk['transcode'];
}

/** Undefined where WebAssembly with SIMD is not to be had (`--jitless`, say). */
export function openBulk(): Bulk | undefined {
  try {
    const module = new WebAssembly.Module(Buffer.from(BULK_MODULE, 'base64'));
    const { memory, unmask, transcode } = new WebAssembly.Instance(module).exports as BulkExports;
    return { memory: Buffer.from(memory.buffer), unmask, transcode };
  } catch {
    return undefined;
  }
}
