import type { Bulk } from '../bulk/bulk.js';
import { readLatin1 } from '../bulk/strings.js';
import type { FrameReader } from '../frame/frame-reader.js';
import { FINAL_TEXT, SHORT_TEXT_LENGTH } from '../frame/short-text.js';

/** Bytes of a short text's header, with its masking key. */
const SHORT_HEADER_LENGTH = 6;

/**
 * The longest run, in bytes. Its texts are parts of one string: an application that keeps one of
 * them keeps no more than this alive.
 */
const RUN_LENGTH = 1024;

/**
 * Reads short ASCII texts that arrived directly one after the other: decodes the whole run in one
 * call into the platform and returns its parts. That takes 15 ns a text of 64 bytes; decoding each
 * by itself takes 65, without reading its header. A single text is a run, too: frame by frame,
 * receiving it took 250 ns instead of 180.
 *
 * Reads only the simplest of frames, by the same rules as the frame reader: unfragmented,
 * uncompressed, complete texts. The frame reader reads all others, and the rest of a run when its
 * owner stops in the middle.
 */
export class TextRun {
  readonly #bulk: Bulk | undefined;
  /** The run is `chunk[start, end)`, and this is its text; empty: there is none. */
  #text = '';
  #start = 0;
  #end = 0;
  /**
   * A text of this chunk was not ASCII. The next ones probably are not either, so they are not
   * tried.
   */
  #isRefused = false;

  constructor(bulk: Bulk | undefined) {
    this.#bulk = bulk;
  }

  /**
   * The text that begins where `frames` stands, which must be between two messages of a peer that
   * masks. Undefined if what follows is not such a text.
   */
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

  /** Forgets the chunk, which is about to change. */
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
    this.#text = this.#isRefused ? '' : readLatin1(chunk, this.#start, end);
    this.#end = end;
    return this.#text !== '';
  }
}

/** Whether the frame that begins at `at` could be a short text, and has arrived. */
function beginsRun(chunk: Buffer, at: number, end: number): boolean {
  if (chunk[at] !== FINAL_TEXT) return false;
  const length = chunk[at + 1] & 0x7f;
  return length <= SHORT_TEXT_LENGTH && at + SHORT_HEADER_LENGTH + length <= end;
}
