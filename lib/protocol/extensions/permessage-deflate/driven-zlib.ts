import { constants, createDeflateRaw, createInflateRaw, type Zlib } from 'node:zlib';
import { PublicInflate } from './public-zlib.js';
import {
  type DeflateSettings,
  OutputTooLarge,
  type ZlibContext,
  type ZlibContexts,
} from './zlib-context.js';

/** Output is produced in runs of this many bytes. */
const RUN_LENGTH = 64 * 1024;

/** Node's smallest: the streams' own output buffers are never used here. */
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
  /** Bytes of output room left, bytes of input left, after each write. */
  readonly _writeState: Uint32Array;
}

/**
 * Contexts that live on, driven synchronously through the stream's native handle. Rests on Node
 * internals: {@link canDriveZlib} tells whether they are as expected.
 */
export class DrivenZlib implements ZlibContexts {
  readonly #scratch = Buffer.allocUnsafeSlow(RUN_LENGTH);

  openDeflate(settings: DeflateSettings): ZlibContext {
    const stream = createDeflateRaw({ ...settings, chunkSize: UNUSED_CHUNK });
    return new DrivenContext(stream, this.#scratch, 15);
  }

  openInflate(windowBits: number): ZlibContext {
    const stream = createInflateRaw({ windowBits, chunkSize: UNUSED_CHUNK });
    return new DrivenContext(stream, this.#scratch, windowBits);
  }
}

class DrivenContext implements ZlibContext {
  readonly #stream: Zlib & { close(): void };
  readonly #handle: ZlibHandle;
  readonly #state: Uint32Array;
  readonly #scratch: Buffer;
  readonly #windowBits: number;
  /** Goes on where a final block ended the stream. */
  #successor: ZlibContext | undefined;
  #fault: Error | undefined;

  constructor(stream: Zlib & { close(): void }, scratch: Buffer, windowBits: number) {
    const internals = stream as unknown as ZlibInternals;
    this.#stream = stream;
    this.#handle = internals._handle;
    this.#state = internals._writeState;
    this.#scratch = scratch;
    this.#windowBits = windowBits;
    this.#handle.onerror = (message, _errno, code) => {
      this.#fault = new Error(`${code}: ${message}`);
    };
  }

  run(input: Uint8Array, limit: number): Buffer {
    if (this.#successor !== undefined) return this.#successor.run(input, limit);
    const full: Buffer[] = [];
    let length = 0;
    for (let at = 0; ;) {
      const produced = this.#write(input, at);
      at = input.length - this.#state[1];
      length += produced;
      if (length > limit) throw new OutputTooLarge();
      const isDone = produced < RUN_LENGTH && at === input.length;
      if (isDone) return this.#join(full, produced);
      full.push(Buffer.from(this.#scratch.subarray(0, produced)));
      // Room was left and input too: a final block ended the stream.
      if (produced < RUN_LENGTH) return this.#succeed(full, input.subarray(at), limit - length);
    }
  }

  reset(): void {
    this.#successor = undefined;
    this.#handle.reset();
  }

  close(): void {
    this.#successor = undefined;
    this.#stream.close();
  }

  /**
   * RFC 7692 7.2.3.4 allows a final block in the middle of the conversation. The native context is
   * done then, but the window is not, and may be referred to (7.2.2).
   */
  #succeed(inflated: readonly Buffer[], rest: Uint8Array, limit: number): Buffer {
    const successor = new PublicInflate(this.#windowBits, Buffer.concat(inflated));
    this.#successor = successor;
    return Buffer.concat([...inflated, successor.runOn(rest, limit, 1)]);
  }

  /** Bytes produced by one call. */
  #write(input: Uint8Array, at: number): number {
    this.#handle.writeSync(
      constants.Z_SYNC_FLUSH,
      input,
      at,
      input.length - at,
      this.#scratch,
      0,
      RUN_LENGTH,
    );
    if (this.#fault !== undefined) throw this.#fault;
    return RUN_LENGTH - this.#state[0];
  }

  #join(full: Buffer[], produced: number): Buffer {
    const last = this.#scratch.subarray(0, produced);
    return full.length === 0 ? last : Buffer.concat([...full, last]);
  }
}

/** A round trip through both directions, with a window kept: whether Node's internals are as {@link DrivenZlib} expects them. */
export function canDriveZlib(): boolean {
  try {
    const contexts = new DrivenZlib();
    const deflate = contexts.openDeflate({ windowBits: 15, level: 6, memLevel: 8 });
    const inflate = contexts.openInflate(15);
    const text = 'the same words twice, the same words twice';
    const survives = [text, text].every((each) => {
      const packed = Buffer.from(deflate.run(Buffer.from(each), Infinity));
      return inflate.run(packed, Infinity).toString() === each;
    });
    deflate.close();
    inflate.close();
    return survives;
  } catch {
    return false;
  }
}
