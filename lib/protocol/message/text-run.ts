import type { Bulk } from '../bulk/bulk.js';
import { readAscii } from '../bulk/strings.js';
import type { FrameReader } from '../frame/frame-reader.js';
import { FINAL_TEXT, SHORT_TEXT_LENGTH } from '../frame/short-text.js';

/** Bytes of a short text's header, with its masking key. */
const SHORT_HEADER_LENGTH = 6;

/** Bytes of a run at the most. Its texts share one memory: who keeps one of them keeps no more than this. */
const RUN_LENGTH = 1024;

/**
 * Short ASCII texts that arrived side by side, decoded together: one call into the platform for the
 * run, of which each text is then a part. 15 ns a text of 64 bytes, where each for itself takes 65
 * beside the reading of its header.
 *
 * Nothing but the simplest of frames is read here, by the same rules: an unfragmented, uncompressed
 * text that is whole. All else is left to the frame reader; so is the rest of a run, should somebody
 * stop in the middle of one.
 */
export class TextRun {
  readonly #bulk: Bulk | undefined;
  /** The run is `chunk[start, end)`, and this its text; empty while there is none. */
  #text = '';
  #start = 0;
  #end = 0;
  /** A text was not ASCII. More of its kind are likely behind it: the rest of that chunk is not tried. */
  #isRefused = false;

  constructor(bulk: Bulk | undefined) {
    this.#bulk = bulk;
  }

  /** The text that begins where `frames` stands, between two messages of a peer that masks; undefined if there is none of this kind. */
  next(frames: FrameReader): string | undefined {
    const at = frames.frameAt;
    if (at === undefined || (this.#text === '' && !this.#open(frames, at))) return undefined;
    const payload = at + SHORT_HEADER_LENGTH;
    const next = payload + (frames.chunk[at + 1] & 0x7f);
    frames.skipTo(next);
    const text = this.#text.substring(payload - this.#start, next - this.#start);
    if (next === this.#end) this.#text = '';
    return text;
  }

  /** Forgets what is known of the chunk, which is about to change. */
  reset(): void {
    this.#text = '';
    this.#isRefused = false;
  }

  #open(frames: FrameReader, at: number): boolean {
    const { chunk, chunkEnd } = frames;
    if (this.#isRefused || !beginsRun(chunk, at, chunkEnd) || !this.#bulk?.holds(chunk)) {
      return false;
    }
    const end = this.#bulk.unmaskTexts(chunk, at, Math.min(chunkEnd, at + RUN_LENGTH));
    this.#isRefused = end === at;
    this.#start = at + SHORT_HEADER_LENGTH;
    this.#text = this.#isRefused ? '' : readAscii(chunk, this.#start, end);
    this.#end = end;
    return this.#text !== '';
  }
}

/** Whether a short text begins at `at` with more behind it: for a single one there is nothing to gain. */
function beginsRun(chunk: Buffer, at: number, end: number): boolean {
  if (chunk[at] !== FINAL_TEXT) return false;
  const length = chunk[at + 1] & 0x7f;
  return length <= SHORT_TEXT_LENGTH && at + SHORT_HEADER_LENGTH + length < end;
}
