import type { WsConnection } from '../connection/ws-connection.js';
import type { OnWsClose, OnWsOpen, WsClose } from '../connection/ws-hooks.js';
import { isThenable } from '../waiting/is-thenable.js';

/** How far one connection has come through the open hooks of its path. */
export interface HookProgress {
  /** How many gateways have seen the connection open, in their order: these also see it close. */
  opened: number;
  /** The connection is refused or gone: no further gateway sees it. */
  readonly isGivenUp: boolean;
}

/** Told of what a hook threw; `where` is `ChatGateway.onWsClose`. */
export type ReportHook = (exception: unknown, where: string) => void;

/** The lifecycle hooks of the instances behind a path. */
export class GatewayHooks {
  readonly #gateways: readonly object[];

  constructor(gateways: readonly object[]) {
    this.#gateways = gateways;
  }

  /**
   * Runs every `onWsOpen`, one after the other; synchronous when all are. Throws
   * or rejects as they do.
   */
  open(connection: WsConnection, visit: HookProgress): unknown {
    while (visit.opened < this.#gateways.length && !visit.isGivenUp) {
      const gateway = this.#gateways[visit.opened++];
      const result = hasOpenHook(gateway) ? gateway.onWsOpen(connection) : undefined;
      if (isThenable(result)) return result.then(() => this.open(connection, visit));
    }
    return undefined;
  }

  /**
   * Runs `onWsClose` of every gateway that saw the connection open, one after the other; synchronous
   * when all are. What one throws is reported, and the next one still runs.
   */
  close(
    connection: WsConnection,
    close: WsClose,
    { opened }: HookProgress,
    report: ReportHook,
  ): void | Promise<void> {
    const closing = this.#gateways.slice(0, opened).filter(hasCloseHook);
    return runInTurn(closing.map((gateway) => () => closeOne(gateway, connection, close, report)));
  }
}

function closeOne(
  gateway: OnWsClose,
  connection: WsConnection,
  close: WsClose,
  report: ReportHook,
): void | Promise<void> {
  const fail = (exception: unknown): void =>
    report(exception, `${gateway.constructor.name}.onWsClose`);
  try {
    const closed = gateway.onWsClose(connection, close);
    if (isThenable(closed)) return Promise.resolve(closed).then(() => undefined, fail);
  } catch (exception) {
    fail(exception);
  }
}

function runInTurn(hooks: readonly (() => void | Promise<void>)[]): void | Promise<void> {
  for (const [index, hook] of hooks.entries()) {
    const running = hook();
    if (running) return running.then(() => runInTurn(hooks.slice(index + 1)));
  }
}

function hasOpenHook(instance: object): instance is OnWsOpen {
  return typeof (instance as Partial<OnWsOpen>).onWsOpen === 'function';
}

function hasCloseHook(instance: object): instance is OnWsClose {
  return typeof (instance as Partial<OnWsClose>).onWsClose === 'function';
}
