import type { ApplicationConfig } from '@nestjs/core';
import { isObservable, type Observable } from 'rxjs';
import { INTERCEPTORS_METADATA } from '../framework/metadata-keys.js';
import { isThenable } from '../waiting/is-thenable.js';
import type { Method } from '../framework/method.js';
import { containTeardown } from '../source/contain-teardown.js';
import { copyMetadata } from './copy-metadata.js';
import type { FoundGateway } from './find-gateways.js';
import { findHandlers } from './find-handlers.js';

/** What a wrapped method calls. */
const ORIGINAL = Symbol('nestjs-wsgate.original-handler');

/** Told of what the teardown of a handler's Observable has thrown; `where` is `ChatGateway.watch`. */
export type ReportTeardown = (error: unknown, where: string) => void;

/**
 * Wraps the handlers of gateways, so that a teardown of an Observable they return cannot throw.
 * Nest's interceptors are operators around it, and rxjs would throw it through them at whoever
 * completes the source, mostly a timer: an uncaught exception, and a client that waits for ever. Must
 * be called before Nest looks for the handlers. What is not intercepted stays as it is.
 */
export function containHandlers(
  gateways: Iterable<FoundGateway>,
  config: ApplicationConfig,
  report: ReportTeardown,
): void {
  for (const gateway of gateways) {
    const { classRef, prototype } = gateway;
    for (const [name, method] of findHandlers(gateway)) {
      const isDecorated = [classRef, method].some((target) =>
        Reflect.hasMetadata(INTERCEPTORS_METADATA, target),
      );
      const isIntercepted = (): boolean => isDecorated || hasGlobalInterceptors(config);
      const fail = (error: unknown): void => report(error, `${classRef.name}.${name}`);
      const value = wrap(method, isIntercepted, fail);
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
    }
  }
}

function wrap(
  method: Method & { readonly [ORIGINAL]?: Method },
  isIntercepted: () => boolean,
  fail: (error: unknown) => void,
): Method {
  // The class may be served by another application already, with a log of its own.
  const original = method[ORIGINAL] ?? method;
  const contain = (result: unknown): unknown =>
    isSource(result) ? containTeardown(result, fail) : result;
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    if (!isIntercepted()) return result;
    return isThenable(result) ? result.then(contain) : contain(result);
  };
  copyMetadata(original, wrapped);
  Object.defineProperties(wrapped, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  });
  return Object.assign(wrapped, { [ORIGINAL]: original });
}

/** A Subject has no teardown of the application, and may be wanted for what else it can do. */
function isSource(result: unknown): result is Observable<unknown> {
  return isObservable(result) && !('next' in result);
}

/** Asked with each message, because more may be added until the application starts. */
function hasGlobalInterceptors(config: ApplicationConfig): boolean {
  return (
    config.getGlobalInterceptors().length > 0 || config.getGlobalRequestInterceptors().length > 0
  );
}
