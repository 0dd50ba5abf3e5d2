import type { WireError } from '../../protocol/wsgate/wire-error.js';
import type { SessionReporter } from './session-reporter.js';
import type { ExceptionReporter } from './exception-reporter.js';

/** Reports for all connections of one path: what their clients break is logged with the path. */
export class PathReporter implements SessionReporter {
  readonly #reporter: ExceptionReporter;
  readonly #path: string;

  /** @param path as the gateway says it; the client's may hold a token. */
  constructor(reporter: ExceptionReporter, path: string) {
    this.#reporter = reporter;
    this.#path = path;
  }

  report(exception: unknown, connectionId: string, where: string): WireError {
    return this.#reporter.report(exception, connectionId, where);
  }

  reportUnsent(exception: unknown, connectionId: string, where: string): void {
    this.#reporter.reportUnsent(exception, connectionId, where);
  }

  reportOpening(exception: unknown, connectionId: string, where: string): void {
    this.#reporter.reportOpening(exception, connectionId, where);
  }

  noteBreach(breach: string, connectionId: string, more?: () => string): void {
    this.#reporter.noteBreach(breach, `${connectionId} at ${this.#path}`, more);
  }
}
