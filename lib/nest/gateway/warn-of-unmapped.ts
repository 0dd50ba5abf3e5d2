import type { Logger } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '../framework/metadata-keys.js';
import type { GatewayClass } from './gateway-descriptor.js';
import { readHandlerMetadata } from './read-gateway-metadata.js';

/**
 * Warns of methods that look like handlers and that nobody can call: one that overrides a
 * `@WsHandler` of the base class without the decorator, which is not inherited, and one whose
 * parameters are decorated while the method itself is not.
 */
export function warnOfUnmapped(
  classRef: GatewayClass,
  methods: ReadonlyMap<string, unknown>,
  logger: Logger,
): void {
  for (const [name, method] of methods) {
    if (typeof method !== 'function' || readHandlerMetadata(method).length > 0) continue;
    const why = findLost(classRef, name) ?? findUndecorated(classRef, name, method);
    if (why !== undefined) logger.warn(`${classRef.name}.${name} is never called: ${why}`);
  }
}

function findLost(classRef: GatewayClass, name: string): string | undefined {
  let prototype: object | null = classRef.prototype as object;
  while ((prototype = Object.getPrototypeOf(prototype) as object | null)) {
    const [handler] = readHandlerMetadata(Object.getOwnPropertyDescriptor(prototype, name)?.value);
    if (handler === undefined) continue;
    const place = `${prototype.constructor.name}.${name}`;
    return `it overrides ${place}, a @WsHandler('${handler.type}'), and needs that decorator too`;
  }
  return undefined;
}

/** A method with decorators of its own may belong to something else: a route, a listener. */
function findUndecorated(classRef: GatewayClass, name: string, method: object): string | undefined {
  if (Reflect.getMetadataKeys(method).length > 0) return undefined;
  if (!Reflect.hasMetadata(ROUTE_ARGS_METADATA, classRef, name)) return undefined;
  return 'its parameters have decorators, but the method has no @WsHandler';
}
