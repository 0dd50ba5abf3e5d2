import { GUARDS_METADATA } from '../framework/metadata-keys.js';
import type { Method } from '../framework/method.js';

/**
 * A prototype method that stands for the handshake. Nest's scanner registers and injects the
 * guards bound to it, and `Reflector` sees it as the handler of the handshake's context.
 */
export const HANDSHAKE_METHOD = '__wsgateHandshake__';

/** The method that stands for a class's handshake; its own, its base class's, or a new one. */
export function ensureHandshakeMethod(prototype: object): Method {
  return findHandshakeMethod(prototype) ?? defineHandshakeMethod(prototype);
}

/**
 * A handshake method that belongs to this class alone, starting with the guards of its base class:
 * what a subclass adds must not reach the base, and what the base demands must not be lost.
 */
export function ensureOwnHandshakeMethod(prototype: object): Method {
  const method = findHandshakeMethod(prototype);
  if (method !== undefined && Object.hasOwn(prototype, HANDSHAKE_METHOD)) return method;
  const own = defineHandshakeMethod(prototype);
  const inherited: unknown = method && Reflect.getMetadata(GUARDS_METADATA, method);
  if (inherited !== undefined) Reflect.defineMetadata(GUARDS_METADATA, inherited, own);
  return own;
}

function findHandshakeMethod(prototype: object): Method | undefined {
  return (prototype as Readonly<Record<string, Method | undefined>>)[HANDSHAKE_METHOD];
}

function defineHandshakeMethod(prototype: object): Method {
  const handshake: Method = () => undefined;
  Object.defineProperty(prototype, HANDSHAKE_METHOD, { value: handshake });
  return handshake;
}
