import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { History } from './history.js';
import {
  type DeflateSettings,
  MAX_FINAL_BLOCKS,
  OutputTooLarge,
  type ZlibContext,
  type ZlibContexts,
} from './zlib-context.js';

/**
 * Contexts made of Node's public one-shot calls, with the window as a preset dictionary. Slower
 * than contexts that keep their state, but available everywhere.
 */
export class PublicZlib implements ZlibContexts {
  openDeflate(settings: DeflateSettings): ZlibContext {
    return new PublicDeflate(settings);
  }

  openInflate(windowBits: number): ZlibContext {
    return new PublicInflate(windowBits);
  }
}

/** A history as a dictionary for zlib, which does not take an empty one. */
function dictionaryOf(history: History): Buffer | undefined {
  if (history.length === 0) return undefined;
  const dictionary = Buffer.allocUnsafe(history.length);
  history.copyTo(dictionary, 0);
  return dictionary;
}

class PublicDeflate implements ZlibContext {
  readonly #settings: DeflateSettings;
  readonly #history: History;

  constructor(settings: DeflateSettings) {
    this.#settings = settings;
    this.#history = new History(settings.windowBits);
  }

  run(input: Uint8Array): Buffer {
    const output = deflateRawSync(input, {
      ...this.#settings,
      dictionary: dictionaryOf(this.#history),
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    this.#history.push(input);
    return output;
  }

  reset(): void {
    this.#history.clear();
  }

  close(): void {
    this.#history.clear();
  }
}

/** `info: true` adds the engine to what the call returns; only the count of bytes read is used. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Inflates with the window as a preset dictionary. */
class PublicInflate implements ZlibContext {
  readonly #windowBits: number;
  readonly #history: History;

  constructor(windowBits: number) {
    this.#windowBits = windowBits;
    this.#history = new History(windowBits);
  }

  run(input: Uint8Array, limit: number): Buffer {
    const outputs: Buffer[] = [];
    let left = limit;
    for (let at = 0; at < input.length;) {
      const { buffer, engine } = this.#runOnce(input.subarray(at), left);
      at += engine.bytesWritten;
      left -= buffer.length;
      if (left < 0) throw new OutputTooLarge();
      outputs.push(buffer);
      this.#history.push(buffer);
      // RFC 7692 7.2.3.4 allows a block that ends the stream. What follows begins a new one, with
      // the same window.
      if (at === input.length) break;
      if (outputs.length > MAX_FINAL_BLOCKS) throw new Error('too many final blocks');
    }
    return outputs.length === 1 ? outputs[0] : Buffer.concat(outputs);
  }

  reset(): void {
    this.#history.clear();
  }

  close(): void {
    this.#history.clear();
  }

  #runOnce(input: Uint8Array, limit: number): InflateInfo {
    try {
      return inflateRawSync(input, {
        windowBits: this.#windowBits,
        dictionary: dictionaryOf(this.#history),
        finishFlush: constants.Z_SYNC_FLUSH,
        // zlib does not take 0 as a limit: allow one byte, and count it below.
        maxOutputLength: Math.max(1, Math.min(limit, 0x7fff_ffff)),
        info: true,
      }) as unknown as InflateInfo;
    } catch (error) {
      if (error instanceof RangeError) throw new OutputTooLarge();
      throw error;
    }
  }
}
