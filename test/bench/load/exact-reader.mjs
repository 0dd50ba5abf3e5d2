// Every 16th answer is compared in whole, the others by their header.
const SAMPLE_EVERY = 16;
const HEADER_BYTES = 10;
const EMPTY_PING = 0x89;
const EMPTY_PING_BYTES = 2;

/** Reads answers whose bytes are known: counts them and compares. */
export class ExactReader {
  sampled = 0;
  bytes = 0;
  /** Heartbeats of the server that are to be answered. */
  pings = 0;
  #answers;
  #next;
  #offset = 0;
  #untilSample;

  /** `first` is the index of the first answer to come. */
  constructor(answers, first) {
    this.#answers = answers;
    this.#next = first;
    this.#untilSample = first % SAMPLE_EVERY;
  }

  /** The number of answers completed by these bytes. Throws at the first wrong one. */
  read(chunk, length) {
    this.bytes += length;
    let done = 0;
    let at = 0;
    while (at < length) {
      if (this.#offset === 0 && chunk[at] === EMPTY_PING) {
        at += EMPTY_PING_BYTES;
        this.pings++;
        continue;
      }
      const expected = this.#answers[this.#next];
      const taken = Math.min(length - at, expected.length - this.#offset);
      this.#compare(chunk, at, taken, expected);
      at += taken;
      this.#offset += taken;
      if (this.#offset === expected.length) {
        done++;
        this.#advance();
      }
    }
    return done;
  }

  #advance() {
    this.#offset = 0;
    this.#next = this.#next + 1 === this.#answers.length ? 0 : this.#next + 1;
    if (this.#untilSample === 0) {
      this.sampled++;
      this.#untilSample = SAMPLE_EVERY;
    }
    this.#untilSample--;
  }

  #compare(chunk, at, taken, expected) {
    const offset = this.#offset;
    if (this.#untilSample === 0) {
      if (chunk.compare(expected, offset, offset + taken, at, at + taken) !== 0) fail(this.#next);
      return;
    }
    const end = Math.min(taken, HEADER_BYTES - offset, expected.length - offset);
    for (let i = 0; i < end; i++) if (chunk[at + i] !== expected[offset + i]) fail(this.#next);
  }
}

function fail(index) {
  throw new Error(`wrong answer to message ${index}`);
}
