import { constants, createDeflateRaw, createInflateRaw, type Zlib } from 'node:zlib';
import type { DeflateSettings } from './zlib-context.js';

/** Output is produced in runs of this many bytes. */
export const RUN_LENGTH = 64 * 1024;

/** The smallest size Node allows: the output buffer of the stream itself is never used here. */
const UNUSED_CHUNK = 64;

/** The part of a zlib stream's internals that is driven here. */
interface ZlibHandle {
  onerror: (message: string, errno: number, code: string) => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  reset(): void;
}

interface ZlibInternals {
  readonly _handle: ZlibHandle;
  /** After each write: how many bytes of output are free, and how many of input are left. */
  readonly _writeState: Uint32Array;
}

/** A zlib stream of Node's, driven synchronously through its native handle. */
export class NativeZlib {
  /** How many bytes the last {@link write} left of its input. */
  left = 0;
  readonly #stream: Zlib & { close(): void };
  readonly #handle: ZlibHandle;
  readonly #state: Uint32Array;
  #fault: Error | undefined;

  constructor(stream: Zlib & { close(): void }) {
    const internals = stream as unknown as ZlibInternals;
    this.#stream = stream;
    this.#handle = internals._handle;
    this.#state = internals._writeState;
    this.#handle.onerror = (message, _errno, code) => {
      this.#fault = new Error(`${code}: ${message}`);
    };
  }

  static openDeflate(settings: DeflateSettings): NativeZlib {
    return new NativeZlib(createDeflateRaw({ ...settings, chunkSize: UNUSED_CHUNK }));
  }

  static openInflate(windowBits: number): NativeZlib {
    return new NativeZlib(createInflateRaw({ windowBits, chunkSize: UNUSED_CHUNK }));
  }

  /**
   * Takes `input` from `at` on and writes at most {@link RUN_LENGTH} bytes to `output`; returns how
   * many. Throws the error that zlib reports for the input.
   */
  write(input: Uint8Array, at: number, output: Uint8Array): number {
    const flush = constants.Z_SYNC_FLUSH;
    this.#handle.writeSync(flush, input, at, input.length - at, output, 0, RUN_LENGTH);
    if (this.#fault !== undefined) throw this.#fault;
    this.left = this.#state[1];
    return RUN_LENGTH - this.#state[0];
  }

  reset(): void {
    this.#handle.reset();
  }

  close(): void {
    this.#stream.close();
  }
}
