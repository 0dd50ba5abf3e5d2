import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { ignoreFailure } from './ignore-failure.js';
import type { SessionReporter } from './session-reporter.js';
import { INTERNAL_ERROR } from './wire-error.js';

/** How many breaches of one connection are logged: a client that goes on must not fill the log. */
const MAX_NOTED = 10;

/** The reporter of one connection. If what it reports to throws, that is ignored. */
export class ConnectionReporter {
  readonly #reporter: SessionReporter;
  readonly #connectionId: string;
  #breaches = 0;

  constructor(reporter: SessionReporter, connectionId: string) {
    this.#reporter = reporter;
    this.#connectionId = connectionId;
  }

  /** As {@link SessionReporter.report}. */
  report(exception: unknown, where: string): WireError {
    let error = INTERNAL_ERROR;
    ignoreFailure(() => (error = this.#reporter.report(exception, this.#connectionId, where)));
    return error;
  }

  /** As {@link SessionReporter.reportUnsent}. */
  reportUnsent(exception: unknown, where: string): void {
    ignoreFailure(() => this.#reporter.reportUnsent(exception, this.#connectionId, where));
  }

  /** As {@link SessionReporter.reportOpening}. */
  reportOpening(exception: unknown, where: string): void {
    ignoreFailure(() => this.#reporter.reportOpening(exception, this.#connectionId, where));
  }

  /** As {@link SessionReporter.noteBreach}, for the first {@link MAX_NOTED} of the connection. */
  noteBreach(breach: string, more?: () => string): void {
    this.#breaches += 1;
    if (this.#breaches > MAX_NOTED) return;
    const isLast = this.#breaches === MAX_NOTED;
    const text = isLast
      ? `${breach} (whatever follows from this connection is not logged)`
      : breach;
    ignoreFailure(() => this.#reporter.noteBreach(text, this.#connectionId, more));
  }
}
