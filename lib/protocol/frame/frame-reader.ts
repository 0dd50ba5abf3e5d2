import { ProtocolViolation } from '../protocol-violation.js';
import { type FrameHeader, MAX_HEADER_LENGTH, readFrameHeader } from './frame-header.js';
import { type FrameContext, findBrokenRule } from './frame-rules.js';
import type { Masker } from './masker.js';

const NOTHING = Buffer.alloc(0);

/** Memory an incomplete frame takes: its header, and up to 125 bytes of a control frame. */
const CUT_FRAME_BYTES = 160;

/**
 * Cuts chunks, as the transport delivers them, into pieces of frames. A piece is as much of one
 * frame's payload as the chunk holds, already unmasked, in place: nothing is copied here.
 *
 * After {@link advance} returned true, the fields describe the piece. They are fields and not an
 * object of their own because a piece comes with every frame.
 */
export class FrameReader {
  /** The frame the piece belongs to. */
  header!: FrameHeader;
  /** The piece is `chunk[start, end)`. It may be empty. */
  chunk: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** The piece is the first of its frame. */
  isFrameStart = false;
  /** Bytes of the frame that have not arrived; 0: the piece completes its frame. */
  missing = 0;
  /** True: every byte of the piece is ASCII. False: not known. */
  isAscii = false;

  readonly #context: FrameContext;
  readonly #masker: Masker;
  /** The unread part of the chunk is `chunk[at, chunkEnd)`. */
  #at = 0;
  #chunkEnd = 0;
  /** The beginning of a header that was cut by the end of a chunk. */
  #cutHeader: Uint8Array | undefined;
  #cutLength = 0;

  constructor(context: FrameContext, masker: Masker) {
    this.#context = context;
    this.#masker = masker;
  }

  /**
   * Takes the next chunk, `chunk[0, end)`, which is unmasked in place. What is unread of the chunk
   * before is put in front of it.
   */
  receive(chunk: Buffer, end: number): void {
    const isRead = this.#at === this.#chunkEnd;
    this.chunk = isRead ? chunk : Buffer.concat([this.#unread, chunk.subarray(0, end)]);
    this.#chunkEnd = isRead ? end : this.chunk.length;
    this.#at = 0;
  }

  /**
   * Where in the chunk the next frame begins. Undefined in the middle of a frame and at the end of
   * the chunk.
   */
  get frameAt(): number | undefined {
    const isBetween = this.missing === 0 && this.#cutLength === 0 && this.#at < this.#chunkEnd;
    return isBetween ? this.#at : undefined;
  }

  /** Where the chunk's bytes end. */
  get chunkEnd(): number {
    return this.#chunkEnd;
  }

  /** Goes on at `at`. Something else has read the frames before it. */
  skipTo(at: number): void {
    this.#at = at;
  }

  /** Bytes held from one chunk to the next. */
  get heldBytes(): number {
    const isCut = this.missing > 0 || this.#cutLength > 0;
    return this.#chunkEnd - this.#at + (isCut ? CUT_FRAME_BYTES : 0);
  }

  /** Moves to the next piece; false while none has arrived. Throws {@link ProtocolViolation}. */
  advance(): boolean {
    if (this.missing > 0 && this.#at < this.#chunkEnd) {
      this.isFrameStart = false;
      this.#cutPiece();
      return true;
    }
    const header = this.missing > 0 ? undefined : this.#readHeader();
    if (header === undefined) {
      this.forgetChunk();
      return false;
    }
    const broken = findBrokenRule(header, this.#context);
    if (broken !== undefined) throw new ProtocolViolation(broken);
    this.header = header;
    this.missing = header.payloadLength;
    this.isFrameStart = true;
    this.#cutPiece();
    return true;
  }

  /** Neither an incomplete frame nor any unread byte is left. */
  get isIdle(): boolean {
    return this.missing === 0 && this.#cutLength === 0 && this.#at === this.#chunkEnd;
  }

  /** Forgets an unfinished frame and what is unread. */
  reset(): void {
    this.missing = this.#cutLength = 0;
    this.#cutHeader = undefined;
    this.forgetChunk();
  }

  /** Copies what is unread, so that the chunk's memory can be used again. */
  retainChunk(): void {
    this.chunk = this.#at === this.#chunkEnd ? NOTHING : Buffer.from(this.#unread);
    this.#chunkEnd = this.chunk.length;
    this.#at = 0;
  }

  /** Drops what is unread, so that the chunk is not kept in memory for it. */
  forgetChunk(): void {
    this.chunk = NOTHING;
    this.#at = this.#chunkEnd = 0;
  }

  get #unread(): Buffer {
    return this.chunk.subarray(this.#at, this.#chunkEnd);
  }

  #cutPiece(): void {
    this.start = this.#at;
    this.end = Math.min(this.#chunkEnd, this.start + this.missing);
    const phase = this.header.payloadLength - this.missing;
    this.missing -= this.end - this.start;
    this.#at = this.end;
    this.isAscii =
      this.header.masked &&
      this.#masker.apply(this.chunk, this.start, this.end, this.header.maskingKey, phase);
  }

  #readHeader(): FrameHeader | undefined {
    if (this.#cutLength > 0) return this.#completeHeader();
    const header = readFrameHeader(this.chunk, this.#at, this.#chunkEnd);
    if (header === undefined) return this.#completeHeader();
    this.#at += header.headerLength;
    return header;
  }

  /** Completes a header that is cut by the end of a chunk, byte by byte: 13 at most. */
  #completeHeader(): FrameHeader | undefined {
    while (this.#at < this.#chunkEnd) {
      this.#cutHeader ??= new Uint8Array(MAX_HEADER_LENGTH);
      this.#cutHeader[this.#cutLength++] = this.chunk[this.#at++];
      const header = readFrameHeader(this.#cutHeader, 0, this.#cutLength);
      if (header === undefined) continue;
      this.#cutHeader = undefined;
      this.#cutLength = 0;
      return header;
    }
    return undefined;
  }
}
