import { AsyncResource } from 'node:async_hooks';

/**
 * The async context something was made in. The event loop calls a connection from wherever it happens
 * to be: from the handler of another client that pushed to it or closed it, or from a timer or a write
 * that one began. What runs here instead sees no `AsyncLocalStorage` store of theirs.
 */
export class RootContext {
  readonly #root = new AsyncResource('WsgateRoot');

  /**
   * Calls a function in this context. Each call has a scope of its own: before Node.js 24, `enterWith`
   * changes the scope it is called in, and the next one to run there would see that store.
   */
  run<Result>(action: () => Result): Result {
    return this.#root.runInAsyncScope(createScope).runInAsyncScope(action);
  }
}

function createScope(): AsyncResource {
  return new AsyncResource('WsgateScope');
}
