const CLEAR_LINE = '\r\u001B[K';

/** One line on stderr that says how far the run is; without a terminal, one line per workload. */
export class Progress {
  #total;
  #at = 0;
  #name = '';
  #start = performance.now();

  constructor(total) {
    this.#total = total;
  }

  begin(name) {
    this.#at++;
    this.#name = name;
    if (!process.stderr.isTTY) process.stderr.write(`${this.#prefix()}\n`);
  }

  step(text) {
    if (process.stderr.isTTY) process.stderr.write(`${CLEAR_LINE}${this.#prefix()} ${text}`);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
  }

  #prefix() {
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    return `[${this.#at}/${this.#total} ${seconds}s] ${this.#name}`;
  }
}
