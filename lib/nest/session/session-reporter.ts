import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { toWireError } from '../errors/wire-error.js';

/** Where a session says what happened. `ExceptionReporter` is one. */
export interface SessionReporter {
  /**
   * Logs an exception nobody expected.
   *
   * @param where what failed: `ChatGateway.send`
   * @returns what the client is told
   */
  report(exception: unknown, connectionId: string, where: string): WireError;
  /** Notes a limit or a rule the client broke. Default: nobody is told. */
  noteBreach?(breach: string, connectionId: string): void;
}

/** The reporter as one connection uses it. A log that throws does not get in the way. */
export class ConnectionReporter {
  readonly #reporter: SessionReporter;
  readonly #connectionId: string;

  constructor(reporter: SessionReporter, connectionId: string) {
    this.#reporter = reporter;
    this.#connectionId = connectionId;
  }

  /** As {@link SessionReporter.report}. Never throws. */
  report(exception: unknown, where: string): WireError {
    try {
      return this.#reporter.report(exception, this.#connectionId, where);
    } catch {
      return toWireError(undefined);
    }
  }

  /** As {@link SessionReporter.noteBreach}. Never throws. */
  noteBreach(breach: string): void {
    try {
      this.#reporter.noteBreach?.(breach, this.#connectionId);
    } catch {
      // There is nobody left to tell.
    }
  }
}
