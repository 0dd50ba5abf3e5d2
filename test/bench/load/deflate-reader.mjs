import { inflateRawSync } from 'node:zlib';

const FIN_TEXT = 0x81;
const COMPRESSED = 0x40;
const EMPTY_PING = 0x89;
const WINDOW_BYTES = 32 * 1024;
// RFC 7692 7.2.2: what the sender cut off.
const SYNC_TAIL = Buffer.from([0, 0, 0xff, 0xff]);
const SYNC_FLUSH = 2;

/**
 * Reads compressed answers, whose bytes nobody can know beforehand: counts frames, and where
 * `isInspected`, inflates every one and compares the text.
 */
export class DeflateReader {
  sampled = 0;
  bytes = 0;
  /** Heartbeats of the server that are to be answered. */
  pings = 0;
  #texts;
  #next;
  #isInspected;
  #pending = Buffer.alloc(0);
  #window = Buffer.alloc(0);

  constructor(texts, first, isInspected) {
    this.#texts = texts;
    this.#next = first;
    this.#isInspected = isInspected;
  }

  /** The number of answers completed by these bytes. Throws at the first wrong one. */
  read(chunk, length) {
    this.bytes += length;
    const fresh = Buffer.from(chunk.subarray(0, length));
    let rest = this.#pending.length === 0 ? fresh : Buffer.concat([this.#pending, fresh]);
    let done = 0;
    for (let end = frameEnd(rest); end !== undefined && end <= rest.length; end = frameEnd(rest)) {
      if (rest[0] === EMPTY_PING) this.pings++;
      else {
        this.#check(rest.subarray(0, end));
        done++;
      }
      rest = rest.subarray(end);
    }
    this.#pending = rest;
    return done;
  }

  #check(frame) {
    if (frame[0] !== (FIN_TEXT | COMPRESSED)) throw new Error('an answer is not compressed');
    const index = this.#next;
    this.#next = index + 1 === this.#texts.length ? 0 : index + 1;
    if (!this.#isInspected) return;
    this.sampled++;
    const payload = frame.subarray(frame[1] === 126 ? 4 : 2);
    const text = inflateRawSync(Buffer.concat([payload, SYNC_TAIL]), {
      dictionary: this.#window,
      finishFlush: SYNC_FLUSH,
    });
    if (!text.equals(this.#texts[index])) throw new Error(`wrong answer to message ${index}`);
    this.#window = Buffer.concat([this.#window, text]).subarray(-WINDOW_BYTES);
  }
}

/** Where the first frame ends, once its length is there. Answers are shorter than 64 KiB. */
function frameEnd(bytes) {
  if (bytes.length < 2) return undefined;
  if (bytes[1] < 126) return 2 + bytes[1];
  return bytes.length < 4 ? undefined : 4 + bytes.readUInt16BE(2);
}
