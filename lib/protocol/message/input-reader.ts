import { FrameReader } from '../frame/frame-reader.js';
import type { Bulk } from '../bulk/bulk.js';
import type { Masker } from '../frame/masker.js';
import { ControlReader } from './control-reader.js';
import type { MessageReader } from './message-reader.js';
import { TextRun } from './text-run.js';

/**
 * Everything an endpoint needs for reading. Borrowed while input has arrived in part: an idle
 * connection does without these 400 bytes.
 */
export class InputReader {
  readonly frames: FrameReader;
  readonly messages: MessageReader;
  readonly controls = new ControlReader();

  readonly #textRun: TextRun;

  constructor(messages: MessageReader, masker: Masker, bulk: Bulk | undefined) {
    this.messages = messages;
    this.frames = new FrameReader(messages, masker);
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

  /** The next of the short texts that arrived together; undefined: read frame by frame. */
  nextShortText(): string | undefined {
    return this.messages.canTakeShortText ? this.#textRun.next(this.frames) : undefined;
  }

  /** No frame or message has arrived in part. */
  get isIdle(): boolean {
    return this.frames.isIdle && !this.messages.isInMessage;
  }

  /** Bytes held of incomplete frames and messages, and of unread input. */
  get heldBytes(): number {
    return this.frames.heldBytes + this.messages.heldBytes;
  }

  /** Drops incomplete frames and messages. */
  reset(): void {
    this.#textRun.reset();
    this.messages.reset();
    this.controls.reset();
    this.frames.reset();
  }
}
