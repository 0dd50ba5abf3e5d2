import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type DeflateSettings,
  MAX_FINAL_BLOCKS,
  OutputTooLarge,
  type ZlibContext,
  type ZlibContexts,
} from './zlib-context.js';

/**
 * Contexts built from Node's public one-shot calls: the window travels as a preset dictionary. Slower
 * than a context that lives on, and always there.
 */
export class PublicZlib implements ZlibContexts {
  openDeflate(settings: DeflateSettings): ZlibContext {
    return new PublicDeflate(settings);
  }

  openInflate(windowBits: number): ZlibContext {
    return new PublicInflate(windowBits);
  }
}

/** The last bytes that went through, which the next ones may refer to. */
class SlidingWindow {
  readonly #size: number;
  #bytes = Buffer.alloc(0);

  constructor(windowBits: number) {
    this.#size = 2 ** windowBits;
  }

  /** As zlib takes it: absent while empty. */
  get dictionary(): Buffer | undefined {
    return this.#bytes.length === 0 ? undefined : this.#bytes;
  }

  push(bytes: Uint8Array): void {
    const joined = bytes.length >= this.#size ? bytes : Buffer.concat([this.#bytes, bytes]);
    this.#bytes = Buffer.from(joined.subarray(Math.max(0, joined.length - this.#size)));
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
  }
}

class PublicDeflate implements ZlibContext {
  readonly #settings: DeflateSettings;
  readonly #window: SlidingWindow;

  constructor(settings: DeflateSettings) {
    this.#settings = settings;
    this.#window = new SlidingWindow(settings.windowBits);
  }

  run(input: Uint8Array): Buffer {
    const output = deflateRawSync(input, {
      ...this.#settings,
      dictionary: this.#window.dictionary,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    this.#window.push(input);
    return output;
  }

  reset(): void {
    this.#window.clear();
  }

  close(): void {
    this.#window.clear();
  }
}

/** `info: true` adds the engine to what the call returns; only the count of bytes read is used. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Inflates with the window as a preset dictionary. */
export class PublicInflate implements ZlibContext {
  readonly #windowBits: number;
  readonly #window: SlidingWindow;

  /** `window` holds what has been inflated before, as far as it is known. */
  constructor(windowBits: number, window?: Buffer) {
    this.#windowBits = windowBits;
    this.#window = new SlidingWindow(windowBits);
    if (window !== undefined) this.#window.push(window);
  }

  run(input: Uint8Array, limit: number): Buffer {
    return this.runOn(input, limit, 0);
  }

  /** As {@link run}, where `streams` have already ended within the message. */
  runOn(input: Uint8Array, limit: number, streams: number): Buffer {
    const outputs: Buffer[] = [];
    let left = limit;
    for (let at = 0; at < input.length;) {
      const { buffer, engine } = this.#runOnce(input.subarray(at), left);
      at += engine.bytesWritten;
      left -= buffer.length;
      if (left < 0) throw new OutputTooLarge();
      outputs.push(buffer);
      this.#window.push(buffer);
      // RFC 7692 7.2.3.4 allows a block that ends the stream. What follows begins a new one, with
      // the same window.
      if (at === input.length) break;
      if (streams + outputs.length > MAX_FINAL_BLOCKS) throw new Error('too many final blocks');
    }
    return outputs.length === 1 ? outputs[0] : Buffer.concat(outputs);
  }

  reset(): void {
    this.#window.clear();
  }

  close(): void {
    this.#window.clear();
  }

  #runOnce(input: Uint8Array, limit: number): InflateInfo {
    try {
      return inflateRawSync(input, {
        windowBits: this.#windowBits,
        dictionary: this.#window.dictionary,
        finishFlush: constants.Z_SYNC_FLUSH,
        // 0 is not a limit zlib takes: let one byte through, and count it below.
        maxOutputLength: Math.max(1, Math.min(limit, 0x7fff_ffff)),
        info: true,
      }) as unknown as InflateInfo;
    } catch (error) {
      if (error instanceof RangeError) throw new OutputTooLarge();
      throw error;
    }
  }
}
