import { FrameReader } from '../frame/frame-reader.js';
import type { Bulk } from '../bulk/bulk.js';
import type { Masker } from '../frame/masker.js';
import type { SlabPool } from '../output/slab-pool.js';
import { ControlReader } from './control-reader.js';
import { MessageReader } from './message-reader.js';
import { TextRun } from './text-run.js';
import type { Utf8Decoder } from './utf8-decoder.js';

/**
 * All that reading takes. An endpoint has one while it has something half read, and between frames
 * none: of an idle connection these would be 400 bytes.
 */
export class InputReader {
  readonly frames: FrameReader;
  readonly messages: MessageReader;
  readonly controls = new ControlReader();

  readonly #textRun: TextRun;

  constructor(masker: Masker, utf8Decoder: Utf8Decoder, slabs: SlabPool, bulk: Bulk | undefined) {
    this.messages = new MessageReader(utf8Decoder, slabs);
    this.frames = new FrameReader(this.messages, masker);
    this.#textRun = new TextRun(bulk);
  }

  /** Takes the next chunk, `chunk[0, end)`. */
  receive(chunk: Buffer, end: number): void {
    this.#textRun.reset();
    this.frames.receive(chunk, end);
  }

  /** Copies what is unread. */
  retain(): void {
    this.#textRun.reset();
    this.frames.retainChunk();
  }

  /** The next text, where short ones come together; undefined: go on frame by frame. */
  nextShortText(): string | undefined {
    return this.messages.canTakeShortText ? this.#textRun.next(this.frames) : undefined;
  }

  /** Nothing is half read. */
  get isIdle(): boolean {
    return this.frames.isIdle && !this.messages.isInMessage;
  }

  /** Bytes held of what is half read, and of what has not been read at all. */
  get heldBytes(): number {
    return this.frames.heldBytes + this.messages.heldBytes;
  }

  /** Forgets what is half read. */
  reset(): void {
    this.#textRun.reset();
    this.messages.reset();
    this.controls.reset();
    this.frames.reset();
  }
}
