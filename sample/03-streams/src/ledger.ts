import { Injectable } from '@nestjs/common';

/** A line of the report. */
export interface Line {
  readonly no: number;
  readonly account: string;
  readonly cents: number;
}

/** Stands for a table too big to hold in memory; a real one would be read with a cursor. */
@Injectable()
export class Ledger {
  /** Lines made so far, for everybody. */
  made = 0;
  /** Readers that are not through. */
  readers = 0;

  /** Lines `from` to before `to`, made one by one as they are asked for. */
  async *read(from: number, to: number): AsyncGenerator<Line> {
    this.readers += 1;
    try {
      for (let no = from; no < to; no += 1) {
        this.made += 1;
        yield { no, account: `A-${no % 977}`, cents: (no * 7919) % 100_000 };
      }
    } finally {
      // Runs as well when the client cancels or goes away: here a cursor would be closed.
      this.readers -= 1;
    }
  }
}
