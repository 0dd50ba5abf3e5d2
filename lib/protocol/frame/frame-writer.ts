import { writeUtf8 } from '../bulk/strings.js';
import { OutputBuffer } from '../output/output-buffer.js';
import type { Utf8Encoder } from '../text/utf8-encoder.js';
import type { SlabPool } from '../output/slab-pool.js';
import { frameHeaderLength, MAX_HEADER_LENGTH, writeFrameHeader } from './frame-header.js';
import type { Masker } from './masker.js';
import type { MaskingKeys } from './masking-keys.js';
import { finishHeaders, FLUSH_GATHERED_AT, gatherText, splitGathered } from './gathered-texts.js';
import { FINAL_TEXT, SHORT_TEXT_LENGTH } from './short-text.js';

/**
 * Payloads up to this many bytes are copied after their header. Larger ones are sent by reference,
 * at the price of one more buffer in the write.
 */
export const COPIED_UP_TO = 16 * 1024;

/** The most bytes of UTF-8 that one character can take. */
const UTF8_PER_CHARACTER = 4;

/**
 * Writes whole frames, masked if the role asks for it, into output buffers. Short texts are
 * gathered in one string first and encoded together.
 */
export class FrameWriter {
  readonly #output: OutputBuffer;
  readonly #masker: Masker;
  readonly #maskingKeys: MaskingKeys;
  readonly #encoder: Utf8Encoder;
  #masks = false;
  /**
   * A short text that waits for a second one to be gathered with. If none comes, it is written by
   * itself.
   */
  #lone: string | undefined;
  #gathered = '';
  /** The last text was ASCII, so the next one probably is. Only then is it gathered. */
  #isAsciiExpected = true;

  constructor(masker: Masker, maskingKeys: MaskingKeys, encoder: Utf8Encoder, slabs: SlabPool) {
    this.#output = new OutputBuffer(slabs);
    this.#masker = masker;
    this.#maskingKeys = maskingKeys;
    this.#encoder = encoder;
  }

  /** Writes for an endpoint of this kind from here on. */
  serve(masks: boolean): void {
    this.#masks = masks;
  }

  /**
   * Bytes waiting to be taken. Writes the gathered texts first, so asking for it between two texts
   * prevents them from being gathered.
   */
  get byteLength(): number {
    this.#settle();
    return this.#output.byteLength;
  }

  /** Nothing waits to be taken, and everything taken has been recycled. */
  get isIdle(): boolean {
    return this.#lone === undefined && this.#gathered === '' && this.#output.isIdle;
  }

  /** All that is waiting, in order. The bytes stay valid until {@link recycle}. */
  take(): readonly Buffer[] {
    this.#settle();
    return this.#output.take();
  }

  /** Everything that was taken has reached the kernel: its memory is used again. */
  recycle(): void {
    this.#output.recycle();
  }

  /** Sends a whole frame as it is; it must not be changed until it has been sent. */
  append(frame: Buffer): void {
    this.#settle();
    this.#output.append(frame);
  }

  /** `firstByte` is FIN, RSV and opcode together. */
  writeText(firstByte: number, text: string): void {
    const canGather = text.length <= SHORT_TEXT_LENGTH && firstByte === FINAL_TEXT;
    if (canGather && this.#isAsciiExpected && !this.#masks) this.#gather(text);
    else {
      this.#settle();
      this.#encode(firstByte, text);
    }
  }

  /** `payload` must not be changed until it has been sent. */
  writeBytes(firstByte: number, payload: Uint8Array): void {
    this.#settle();
    if (payload.length > COPIED_UP_TO) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
      this.#writeLarge(firstByte, this.#masks ? Buffer.from(bytes) : bytes);
      return;
    }
    const headerLength = frameHeaderLength(payload.length, this.#masks);
    const slab = this.#output.reserve(headerLength + payload.length);
    const at = this.#output.position;
    slab.set(payload, at + headerLength);
    this.#finish(slab, at, firstByte, headerLength, payload.length);
  }

  /** Writes what was gathered, before anything else is written or taken. */
  #settle(): void {
    if (this.#gathered !== '') this.#writeGathered();
    else if (this.#lone !== undefined) this.#writeLone(this.#lone);
  }

  #gather(text: string): void {
    if (this.#gathered !== '') this.#gathered = gatherText(this.#gathered, text);
    else if (this.#lone === undefined) this.#lone = text;
    else {
      this.#gathered = gatherText(gatherText('', this.#lone), text);
      this.#lone = undefined;
    }
    if (this.#gathered.length > FLUSH_GATHERED_AT) this.#writeGathered();
  }

  #writeLone(text: string): void {
    this.#lone = undefined;
    this.#encode(FINAL_TEXT, text);
  }

  #writeGathered(): void {
    const gathered = this.#gathered;
    this.#gathered = '';
    const slab = this.#output.reserve(gathered.length + UTF8_PER_CHARACTER);
    const at = this.#output.position;
    // ASCII takes as many bytes as it has code units. Any other text takes more, even if it is cut
    // off at the end of the slab.
    this.#isAsciiExpected = writeUtf8(slab, gathered, at) === gathered.length;
    if (this.#isAsciiExpected) {
      finishHeaders(slab, at, at + gathered.length);
      this.#output.commit(gathered.length);
    } else for (const text of splitGathered(gathered)) this.#encode(FINAL_TEXT, text);
  }

  /** Encodes the text straight into the output. */
  #encode(firstByte: number, text: string): void {
    const room = MAX_HEADER_LENGTH + this.#encoder.roomFor(text);
    if (room > this.#output.capacity) {
      this.#writeLarge(firstByte, Buffer.from(text, 'utf8'));
      return;
    }
    const slab = this.#output.reserve(room);
    const at = this.#output.position;
    // The size of the header depends on that of the payload: assume ASCII, and move the text if it
    // is not.
    const assumed = frameHeaderLength(text.length, this.#masks);
    const length = this.#encoder.write(slab, text, at + assumed, this.#isAsciiExpected);
    this.#isAsciiExpected = length === text.length;
    const headerLength = frameHeaderLength(length, this.#masks);
    if (headerLength !== assumed) {
      slab.copyWithin(at + headerLength, at + assumed, at + assumed + length);
    }
    this.#finish(slab, at, firstByte, headerLength, length);
  }

  #finish(slab: Buffer, at: number, firstByte: number, headerLength: number, length: number): void {
    const key = this.#nextKey();
    writeFrameHeader(slab, at, firstByte, length, key);
    if (key !== undefined) {
      const payloadAt = at + headerLength;
      this.#masker.apply(slab, payloadAt, payloadAt + length, key, 0);
    }
    this.#output.commit(headerLength + length);
  }

  /**
   * Writes the header into the slab and sends the payload by reference. The payload is masked in
   * place, so a client passes a copy of its own.
   */
  #writeLarge(firstByte: number, payload: Buffer): void {
    const key = this.#nextKey();
    const slab = this.#output.reserve(MAX_HEADER_LENGTH);
    const at = this.#output.position;
    this.#output.commit(writeFrameHeader(slab, at, firstByte, payload.length, key));
    if (key !== undefined) this.#masker.apply(payload, 0, payload.length, key, 0);
    this.#output.append(payload);
  }

  #nextKey(): number | undefined {
    return this.#masks ? this.#maskingKeys.next() : undefined;
  }
}
