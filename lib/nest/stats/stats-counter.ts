import { Tally } from './tally.js';
import type { WsStats } from './ws-stats.js';

/** Codes of the application's own may be made at run time, so there could be any number. */
const CODES = 100;

/** Counts what {@link WsStats} tells, for one application. */
export class StatsCounter {
  readonly closed = new Tally();
  readonly refused = new Tally();
  readonly errors = new Tally(CODES);
  #opened = 0;
  #droppedPushes = 0;

  /** A connection was opened. */
  open(): void {
    this.#opened += 1;
  }

  /** Clients did not get so many pushes. */
  dropPushes(count: number): void {
    this.#droppedPushes += count;
  }

  /** The numbers as they are now. */
  read(): WsStats {
    return {
      opened: this.#opened,
      closed: this.closed.read(),
      refused: this.refused.read(),
      errors: this.errors.read(),
      droppedPushes: this.#droppedPushes,
    };
  }
}
