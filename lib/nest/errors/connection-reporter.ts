import type { WireError } from '../../protocol/wsgate/wire-error.js';
import type { SessionReporter } from './session-reporter.js';
import { toWireError } from './wire-error.js';

/** How many breaches of one connection are logged: a client that goes on must not fill the log. */
const MAX_NOTED = 10;

/** The reporter of one connection. If the log throws, that is ignored. */
export class ConnectionReporter {
  readonly #reporter: SessionReporter;
  readonly #connectionId: string;
  #breaches = 0;

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

  /** As {@link SessionReporter.reportUnsent}. Never throws. */
  reportUnsent(exception: unknown, where: string): void {
    try {
      this.#reporter.reportUnsent(exception, this.#connectionId, where);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** As {@link SessionReporter.reportOpening}. Never throws. */
  reportOpening(exception: unknown, where: string): void {
    try {
      this.#reporter.reportOpening(exception, this.#connectionId, where);
    } catch {
      // As above.
    }
  }

  /**
   * As {@link SessionReporter.noteBreach}, for the first {@link MAX_NOTED} of the connection. Never
   * throws.
   */
  noteBreach(breach: string, more?: () => string): void {
    this.#breaches += 1;
    if (this.#breaches > MAX_NOTED) return;
    const isLast = this.#breaches === MAX_NOTED;
    const text = isLast
      ? `${breach} (whatever follows from this connection is not logged)`
      : breach;
    try {
      this.#reporter.noteBreach(text, this.#connectionId, more);
    } catch {
      // There is nobody left to tell.
    }
  }
}
