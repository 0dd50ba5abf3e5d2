import { FrameReader } from '../frame/frame-reader.js';
import type { Masker } from '../frame/masker.js';
import type { SlabPool } from '../output/slab-pool.js';
import { ControlReader } from './control-reader.js';
import { MessageReader } from './message-reader.js';
import type { Utf8Decoder } from './utf8-decoder.js';

/**
 * All that reading takes. An endpoint has one while it has something half read, and between frames
 * none: of an idle connection these would be 400 bytes.
 */
export class InputReader {
  readonly frames: FrameReader;
  readonly messages: MessageReader;
  readonly controls = new ControlReader();

  constructor(masker: Masker, utf8Decoder: Utf8Decoder, slabs: SlabPool) {
    this.messages = new MessageReader(utf8Decoder, slabs);
    this.frames = new FrameReader(this.messages, masker);
  }

  /** Nothing is half read. */
  get isIdle(): boolean {
    return this.frames.isIdle && !this.messages.isInMessage;
  }

  /** Forgets what is half read. */
  reset(): void {
    this.messages.reset();
    this.controls.reset();
    this.frames.reset();
  }
}
