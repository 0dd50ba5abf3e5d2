import type { OnWsClose, OnWsOpen, WsClose } from '../ws-hooks.js';
import type { WsConnection } from '../ws-connection.js';
import { isThenable } from '../is-thenable.js';

/** The lifecycle hooks of the instances behind a path. */
export class GatewayHooks {
  private readonly opening: readonly OnWsOpen[];
  private readonly closing: readonly OnWsClose[];

  constructor(instances: readonly object[]) {
    this.opening = instances.filter(hasOpenHook);
    this.closing = instances.filter(hasCloseHook);
  }

  /** Runs every `onWsOpen`, one after the other; synchronous when all are. */
  open(connection: WsConnection): unknown {
    return runInTurn(this.opening.map((gateway) => () => gateway.onWsOpen(connection)));
  }

  /** Runs every `onWsClose`, one after the other; synchronous when all are. */
  close(connection: WsConnection, close: WsClose): unknown {
    return runInTurn(this.closing.map((gateway) => () => gateway.onWsClose(connection, close)));
  }
}

function runInTurn(hooks: readonly (() => unknown)[]): unknown {
  for (const [index, hook] of hooks.entries()) {
    const result = hook();
    if (isThenable(result)) return result.then(() => runInTurn(hooks.slice(index + 1)));
  }
  return undefined;
}

function hasOpenHook(instance: object): instance is OnWsOpen {
  return typeof (instance as Partial<OnWsOpen>).onWsOpen === 'function';
}

function hasCloseHook(instance: object): instance is OnWsClose {
  return typeof (instance as Partial<OnWsClose>).onWsClose === 'function';
}
