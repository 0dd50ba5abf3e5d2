import { mib } from './verdict.mjs';

const CLEAR_LINE = '\r\u001B[K';
const HEAD = ['minute', 'made', 'ended', 'open', 'calls', 'streams', 'heap', 'RSS', 'p99 delay'];
const WIDTH = 10;

function row(cells) {
  return cells.map((cell) => String(cell).padStart(WIDTH)).join(' ');
}

/** A table that grows by a row a minute, and on a terminal a line that says what happens now. */
export class Display {
  #out;
  #rowSeconds;
  #nextRow;
  #worst = 0;

  /** @param seconds how long the run is: a short one has rows more often. */
  constructor(out, seconds) {
    this.#out = out;
    this.#rowSeconds = Math.min(60, seconds / 6);
    this.#nextRow = this.#rowSeconds;
    out.write(`${row(HEAD)}\n`);
  }

  take(sample, { tally }) {
    this.#worst = Math.max(this.#worst, sample.p99);
    const cells = row(this.#cellsOf(sample, tally));
    if (this.#out.isTTY) this.#out.write(`${CLEAR_LINE}${cells}`);
    if (sample.at + 0.5 < this.#nextRow) return;
    this.#nextRow += this.#rowSeconds;
    this.#worst = 0;
    this.#out.write(this.#out.isTTY ? '\n' : `${cells}\n`);
  }

  #cellsOf({ at, heap, rss, connections }, { made, ended, calls, streams }) {
    const minute = (at / 60).toFixed(1);
    const delay = `${this.#worst.toFixed(1)} ms`;
    return [minute, made, ended, connections, calls, streams, mib(heap), mib(rss), delay];
  }
}

/** The verdict, a line for each thing that was looked at. */
export function writeVerdict(verdict) {
  const width = Math.max(...verdict.map(({ what }) => what.length));
  return verdict
    .map(({ what, isRight, told }) => `${isRight ? 'ok  ' : 'FAIL'} ${what.padEnd(width)}  ${told}`)
    .join('\n');
}
