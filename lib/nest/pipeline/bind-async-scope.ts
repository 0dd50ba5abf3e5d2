import { AsyncResource } from 'node:async_hooks';

/**
 * Binds a function to the caller's async context, so that what an interceptor puts into an
 * `AsyncLocalStorage` around `next.handle()` is there when the handler runs. Not
 * `AsyncResource.bind`, which is many times slower.
 */
export function bindAsyncScope<Args extends unknown[], T>(
  run: (...args: Args) => T,
): (...args: Args) => T {
  const scope = new AsyncResource('WsgateInterceptor');
  return (...args) => scope.runInAsyncScope(run, undefined, ...args);
}
