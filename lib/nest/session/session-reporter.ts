import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { toWireError } from '../errors/wire-error.js';

/** Where a session reports problems. `ExceptionReporter` is one. */
export interface SessionReporter {
  /**
   * Logs an exception nobody expected.
   *
   * @param where what failed: `ChatGateway.send`
   * @returns what the client is told
   */
  report(exception: unknown, connectionId: string, where: string): WireError;
  /** Logs an exception of any class: this one is not sent to a client. */
  reportUnsent(exception: unknown, connectionId: string, where: string): void;
  /** Logs why a connection is closed before its first message. */
  reportOpening(exception: unknown, connectionId: string, where: string): void;
  /**
   * Notes a limit or a rule the client broke.
   *
   * @param more what else helps, where finding that out takes time: called only for what is logged
   */
  noteBreach(breach: string, connectionId: string, more?: () => string): void;
}

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
