import { writeUtf8 } from '../bulk/strings.js';
import { OutputBuffer } from '../output/output-buffer.js';
import type { SlabPool } from '../output/slab-pool.js';
import { frameHeaderLength, MAX_HEADER_LENGTH, writeFrameHeader } from './frame-header.js';
import type { Masker } from './masker.js';
import type { MaskingKeys } from './masking-keys.js';

/** Bytes of payload up to which they are copied beside their header; more go out by reference, for the price of a second buffer in the write. */
export const COPIED_UP_TO = 16 * 1024;

/** The most bytes of UTF-8 that one UTF-16 code unit can take. */
const UTF8_PER_CODE_UNIT = 3;

/** Writes whole frames into an {@link OutputBuffer} of its own, masked where the role asks for it. An endpoint has one while it has something to send. */
export class FrameWriter {
  readonly output: OutputBuffer;
  readonly #masker: Masker;
  readonly #maskingKeys: MaskingKeys;
  #masks = false;

  constructor(masker: Masker, maskingKeys: MaskingKeys, slabs: SlabPool) {
    this.output = new OutputBuffer(slabs);
    this.#masker = masker;
    this.#maskingKeys = maskingKeys;
  }

  /** Writes for an endpoint of this kind from here on. */
  serve(masks: boolean): void {
    this.#masks = masks;
  }

  /** Encodes the text straight into the output. `firstByte` is FIN, RSV and opcode together. */
  writeText(firstByte: number, text: string): void {
    const room = MAX_HEADER_LENGTH + text.length * UTF8_PER_CODE_UNIT;
    if (room > this.output.capacity) {
      this.#writeLarge(firstByte, Buffer.from(text, 'utf8'));
      return;
    }
    const slab = this.output.reserve(room);
    const at = this.output.position;
    // The header's size depends on the payload's: assume ASCII, and move the text where it is not.
    const assumed = frameHeaderLength(text.length, this.#masks);
    const length = writeUtf8(slab, text, at + assumed);
    const headerLength = frameHeaderLength(length, this.#masks);
    if (headerLength !== assumed) {
      slab.copyWithin(at + headerLength, at + assumed, at + assumed + length);
    }
    this.#finish(slab, at, firstByte, headerLength, length);
  }

  /** `payload` must not be changed until it has been sent. */
  writeBytes(firstByte: number, payload: Uint8Array): void {
    if (payload.length > COPIED_UP_TO) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      this.#writeLarge(firstByte, this.#masks ? Buffer.from(bytes) : bytes);
      return;
    }
    const headerLength = frameHeaderLength(payload.length, this.#masks);
    const slab = this.output.reserve(headerLength + payload.length);
    const at = this.output.position;
    slab.set(payload, at + headerLength);
    this.#finish(slab, at, firstByte, headerLength, payload.length);
  }

  #finish(slab: Buffer, at: number, firstByte: number, headerLength: number, length: number): void {
    const key = this.#nextKey();
    writeFrameHeader(slab, at, firstByte, length, key);
    if (key !== undefined) {
      const payloadAt = at + headerLength;
      this.#masker.apply(slab, payloadAt, payloadAt + length, key, 0);
    }
    this.output.commit(headerLength + length);
  }

  /** Header into the slab, payload by reference; masked in place, so a client hands over its own copy. */
  #writeLarge(firstByte: number, payload: Buffer): void {
    const key = this.#nextKey();
    const slab = this.output.reserve(MAX_HEADER_LENGTH);
    const at = this.output.position;
    this.output.commit(writeFrameHeader(slab, at, firstByte, payload.length, key));
    if (key !== undefined) this.#masker.apply(payload, 0, payload.length, key, 0);
    this.output.append(payload);
  }

  #nextKey(): number | undefined {
    return this.#masks ? this.#maskingKeys.next() : undefined;
  }
}
