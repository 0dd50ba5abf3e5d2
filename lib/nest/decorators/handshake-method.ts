import { GUARDS_METADATA, HANDSHAKE_METHOD } from '../constants.js';
import type { Method } from '../method.js';

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
