import type { PerMessageDeflate } from '../extensions/permessage-deflate/permessage-deflate.js';
import { FIN, RSV1 } from '../frame/frame-header.js';
import { COPIED_UP_TO, type FrameWriter } from '../frame/frame-writer.js';
import { OPCODE } from '../frame/opcode.js';
import type { SendOptions } from './send-options.js';

/**
 * Writes messages as frames: whole or in fragments (RFC 6455 5.4), compressed where that was
 * agreed (RFC 7692 6.1). An endpoint borrows one while it has something to send or a message is
 * unfinished.
 */
export class MessageWriter {
  readonly #frames: FrameWriter;
  #deflate: PerMessageDeflate | undefined;
  #isInMessage = false;
  /** The unfinished message is compressed. */
  #isCompressed = false;

  constructor(frames: FrameWriter) {
    this.#frames = frames;
  }

  /** Sets up writing for the endpoint that borrows it. */
  serve(masks: boolean, deflate: PerMessageDeflate | undefined): void {
    this.#frames.serve(masks);
    this.#deflate = deflate;
  }

  /** A message has been begun with `fin: false`: the next data frame continues it. */
  get isInMessage(): boolean {
    return this.#isInMessage;
  }

  /** Bytes that wait to be taken. */
  get byteLength(): number {
    return this.#frames.byteLength;
  }

  /** No message is unfinished, and no output waits or is still being written. */
  get isIdle(): boolean {
    return !this.#isInMessage && this.#frames.isIdle;
  }

  /** All that is waiting, in order. The bytes stay valid until {@link recycle}. */
  take(): readonly Buffer[] {
    return this.#frames.take();
  }

  /** Everything that was taken has reached the kernel: its memory can be used again. */
  recycle(): void {
    this.#frames.recycle();
  }

  /** Writes text, or a fragment of it. */
  writeText(text: string, options: SendOptions): void {
    const deflate = this.#deflate && this.#deflateFor(options, this.#deflate.sizeOf(text));
    if (deflate === undefined) {
      this.#frames.writeText(this.#firstByte(OPCODE.TEXT, options), text);
    } else this.#writeCompressed(deflate, OPCODE.TEXT, Buffer.from(text, 'utf8'), options);
  }

  /** Writes a message given as bytes, or a fragment of it. They must not be changed until sent. */
  writeBytes(opcode: number, bytes: Uint8Array, options: SendOptions): void {
    const deflate = this.#deflateFor(options, bytes.length);
    if (deflate === undefined) this.#frames.writeBytes(this.#firstByte(opcode, options), bytes);
    else this.#writeCompressed(deflate, opcode, bytes, options);
  }

  /** Writes a frame that is complete already. It must not be changed until sent. */
  append(frame: Buffer): void {
    this.#frames.append(frame);
  }

  /** Writes a control frame, which may stand between the fragments of a message. */
  writeControl(opcode: number, payload: Uint8Array): void {
    this.#frames.writeBytes(FIN | opcode, payload);
  }

  #writeCompressed(
    deflate: PerMessageDeflate,
    opcode: number,
    bytes: Uint8Array,
    options: SendOptions,
  ): void {
    const payload = deflate.compress(bytes, options.fin ?? true);
    // RSV1 marks the first frame of a compressed message, and no other (RFC 7692 6.1).
    const rsv1 = this.#isInMessage ? 0 : RSV1;
    this.#frames.writeBytes(
      this.#firstByte(opcode, options) | rsv1,
      // The context overwrites these bytes with its next call, but a large payload is sent by
      // reference.
      payload.length > COPIED_UP_TO ? Buffer.from(payload) : payload,
    );
  }

  /**
   * The compressor of this message, or undefined to send it uncompressed. The first fragment
   * decides for the whole message: one fragment says nothing about how long the message will be.
   */
  #deflateFor(options: SendOptions, length: number): PerMessageDeflate | undefined {
    if (this.#deflate === undefined) return undefined;
    if (!this.#isInMessage) {
      const size = options.fin === false ? Infinity : length;
      this.#isCompressed = options.compress !== false && this.#deflate.shouldCompress(size);
    }
    return this.#isCompressed ? this.#deflate : undefined;
  }

  #firstByte(opcode: number, options: SendOptions): number {
    const fin = options.fin ?? true;
    const wireOpcode = this.#isInMessage ? OPCODE.CONTINUATION : opcode;
    this.#isInMessage = !fin;
    return fin ? FIN | wireOpcode : wireOpcode;
  }
}
