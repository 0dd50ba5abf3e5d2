import { CLOSE_CODE } from '../../protocol/closing/close-codes.js';
import type { WireError } from '../../protocol/wsgate/wire-error.js';
import { toLogText } from '../../socket/log-text.js';
import type { SessionReporter } from './session-reporter.js';
import { closeCodeOf } from './close-code.js';
import { describeException } from './describe-exception.js';
import { hintAtForeign } from './hint-at-foreign.js';
import { LogLimit, type LogLimitOptions } from './log-limit.js';
import { SafeLogger } from './safe-logger.js';
import { INTERNAL_ERROR, isUnexpected, toWireError } from './wire-error.js';

/**
 * Turns exceptions into wire errors and logs the ones a client learns nothing about. Clients cause
 * them, so there is a {@link LogLimit}: one for each application. A log that throws is ignored.
 */
export class ExceptionReporter implements SessionReporter {
  readonly #logger = new SafeLogger('Wsgate');
  readonly #limit: LogLimit;
  readonly #refusals: LogLimit;

  constructor(options?: LogLimitOptions) {
    this.#limit = new LogLimit((line) => this.#logger.warn(line), options);
    this.#refusals = new LogLimit((line) => this.#logger.debug(line), options);
  }

  /**
   * @param where what failed, for the log: `ChatGateway.send`.
   * @returns what to send to the client.
   */
  report(exception: unknown, connectionId: string, where: string): WireError {
    if (isUnexpected(exception)) {
      this.#log(exception, where, ` on connection ${connectionId}${hintAtForeign(exception)}`);
    }
    try {
      return toWireError(exception);
    } catch (another) {
      // The exception has a getter of the application that throws.
      this.#log(another, where, ` on connection ${connectionId}`);
      return INTERNAL_ERROR;
    }
  }

  /**
   * Logs an exception of any class: this one is not sent to a client.
   *
   * @param where as in {@link report}
   */
  reportUnsent(exception: unknown, connectionId: string, where: string): void {
    this.#log(exception, where, ` on connection ${connectionId}${hintAtForeign(exception)}`);
  }

  /**
   * Logs why a connection is closed before its first message: that the hook refused it, or that it
   * failed.
   *
   * @param where the hook: `ChatGateway.onWsOpen`
   */
  reportOpening(exception: unknown, connectionId: string, where: string): void {
    const code = closeCodeOf(exception);
    if (code === CLOSE_CODE.INTERNAL_ERROR) {
      return this.reportUnsent(exception, connectionId, where);
    }
    const refused = `${where} refused a connection with ${code}`;
    if (this.#refusals.allows(refused)) this.#logger.debug(`${refused}: ${connectionId}`);
  }

  /**
   * Logs an exception of which it is not known whose connection it belongs to.
   *
   * @param where as in {@link report}
   */
  reportDetached(exception: unknown, where: string): void {
    this.#log(exception, where, '');
  }

  /**
   * Logs what made a handshake fail.
   *
   * @param path as the gateway says it; the client's may hold a token.
   */
  reportHandshake(exception: unknown, path: string): void {
    this.#log(exception, `the handshake of ${path}`, '');
  }

  /**
   * Logs, for whoever wonders why no connection opens, that a handshake was refused.
   *
   * @param path as the gateway says it
   * @param why `401 by SessionGuard`
   */
  noteRefusal(path: string, why: string): void {
    const refused = `refused the handshake of ${path}`;
    if (this.#refusals.allows(refused)) this.#logger.debug(`${refused}: ${why}`);
  }

  /**
   * Logs that a handshake was refused because no gateway has its path.
   *
   * @param more what else is said; asked for only where the line is logged
   */
  noteUnknownPath(more: () => string): void {
    const refused = 'refused a handshake: 404 no gateway has its path';
    if (this.#refusals.allows(refused)) this.#logger.debug(refused + more());
  }

  /**
   * Logs that a client has asked for subprotocols of which none is spoken: what it does then is to
   * fail, and it alone knows why.
   *
   * @param path as the gateway says it
   * @param spoken those that are
   */
  noteUnspoken(path: string, spoken: readonly string[]): void {
    const asked = `a client of ${path} asked for subprotocols, none of which is spoken there`;
    if (!this.#refusals.allows(asked)) return;
    this.#logger.debug(`${asked}; there are ${spoken.join(', ')}`);
  }

  /**
   * Logs that a handshake was refused through no fault of the client: a limit of the application
   * was reached.
   *
   * @param path as the gateway says it
   * @param why `503 too many connections`
   */
  noteUnable(path: string, why: string): void {
    const refused = `refused the handshake of ${path}: ${why}`;
    if (this.#limit.allows(refused)) this.#logger.warn(refused);
  }

  /**
   * Logs that somebody else answers the upgrades of a path.
   *
   * @param path as the gateway says it
   */
  noteTaken(path: string): void {
    const by = 'another "upgrade" listener of the HTTP server';
    const taken = `the upgrade to ${path} was answered by ${by}`;
    if (this.#limit.allows(taken)) this.#logger.error(taken);
  }

  /**
   * Logs that the predicate of `WsServer.disconnect` threw.
   *
   * @param count of the connections it threw for
   */
  reportPredicate(exception: unknown, count: number): void {
    const effect = `; connections that stay open by that: ${count}`;
    this.#log(exception, 'the predicate of disconnect', effect);
  }

  /**
   * Logs a rule or a limit that a client broke.
   *
   * @param connection its id, and whatever else says which one it is
   * @param more as in {@link SessionReporter.noteBreach}
   */
  noteBreach(breach: string, connection: string, more?: () => string): void {
    const text = toLogText(breach);
    if (!this.#limit.allows(text)) return;
    this.#logger.warn(`connection ${connection}: ${text}${more?.() ?? ''}`);
  }

  /** Logs what the limit has kept back. */
  flush(): void {
    this.#limit.end();
    this.#refusals.end();
  }

  #log(exception: unknown, where: string, more: string): void {
    if (!this.#limit.allows(`${where} failed`)) return;
    const { text, stack } = describeException(exception);
    this.#logger.error(`${where} failed${more}: ${text}`, stack);
  }
}
