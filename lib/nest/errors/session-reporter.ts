import type { WireError } from '../../protocol/wsgate/wire-error.js';

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
