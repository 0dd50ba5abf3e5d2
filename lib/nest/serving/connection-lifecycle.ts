import type { BoundGateway, CompiledGateway } from '../gateway/compiled-gateway.js';
import type { HookProgress } from '../gateway/gateway-hooks.js';
import { closeCodeOf } from '../errors/close-code.js';
import type { ExceptionReporter } from '../errors/exception-reporter.js';
import { withDeadline } from '../waiting/deadlines.js';
import { isThenable } from '../waiting/is-thenable.js';
import type { Session } from '../session/session.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { WsClose } from '../connection/ws-hooks.js';

/**
 * The hooks of one connection: opens the session when `onWsOpen` has finished, and runs `onWsClose`
 * after it has closed. If a hook throws, this connection is closed and the exception is logged;
 * nothing else is affected.
 */
export class ConnectionLifecycle implements HookProgress {
  readonly #gateway: CompiledGateway;
  readonly #reporter: ExceptionReporter;
  /** See {@link HookProgress}. */
  opened = 0;
  /** See {@link HookProgress}. */
  isGivenUp = false;
  #opening: Promise<void> | undefined;
  #bound: BoundGateway | undefined;

  constructor(gateway: CompiledGateway, reporter: ExceptionReporter) {
    this.#gateway = gateway;
    this.#reporter = reporter;
  }

  /** Runs the open hooks, then lets messages through; at once when every hook is synchronous. */
  open(session: Session): void {
    try {
      const opened = this.#runOpenHooks(session.connection);
      if (!isThenable(opened)) return this.#openSession(session);
      const { openTimeout } = this.#gateway.options;
      const inTime = withDeadline(openTimeout, Promise.resolve(opened), () =>
        createTimeout(openTimeout),
      );
      this.#opening = inTime.then(
        () => this.#openSession(session),
        (exception: unknown) => this.#refuse(session, exception),
      );
    } catch (exception) {
      this.#refuse(session, exception);
    }
  }

  /**
   * Runs the close hooks, once the open hooks have settled.
   *
   * @returns a promise when there is something to wait for. It does not reject.
   */
  close(connection: WsConnection, close: WsClose): void | Promise<void> {
    this.isGivenUp = true;
    if (this.#opening) return this.#opening.then(() => this.#runCloseHooks(connection, close));
    return this.#runCloseHooks(connection, close);
  }

  #runOpenHooks(connection: WsConnection): unknown {
    const bound = this.#gateway.bind(connection);
    if (!isThenable(bound)) return this.#openBound(bound, connection);
    return bound.then((resolved) => this.#openBound(resolved, connection));
  }

  /** What is bound after the connection was refused or closed is not used. */
  #openBound(bound: BoundGateway, connection: WsConnection): unknown {
    if (this.isGivenUp) return undefined;
    this.#bound = bound;
    return bound.hooks.open(connection, this);
  }

  #openSession(session: Session): void {
    if (this.#bound) session.open(this.#bound.handlers);
  }

  #refuse(session: Session, exception: unknown): void {
    this.isGivenUp = true;
    const where = `${this.#gateway.label}.onWsOpen`;
    this.#reporter.reportOpening(exception, session.connection.id, where);
    session.close(closeCodeOf(exception), '');
  }

  #runCloseHooks(connection: WsConnection, close: WsClose): void | Promise<void> {
    return this.#bound?.hooks.close(connection, close, this, (exception, where) => {
      this.#reporter.reportUnsent(exception, connection.id, where);
    });
  }
}

function createTimeout(openTimeout: number): Error {
  return new Error(`onWsOpen did not finish within openTimeout, ${openTimeout} ms`);
}
