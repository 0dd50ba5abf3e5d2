import { GUARDS_METADATA, WS_ORIGINS_METADATA } from '../framework/metadata-keys.js';
import { HANDSHAKE_METHOD } from './handshake-method.js';

/** A decorator that only the handshake of a path reads. */
export type HandshakeDecorator = '@UseHandshakeGuards' | '@AllowOrigins';

/** The decorator of the handshake that a class carries, if it carries one. */
export function findHandshakeDecorator(
  classRef: object,
  prototype: object,
): HandshakeDecorator | undefined {
  const { [HANDSHAKE_METHOD]: handshake } = prototype as { readonly [HANDSHAKE_METHOD]?: object };
  if (handshake !== undefined && Reflect.hasMetadata(GUARDS_METADATA, handshake)) {
    return '@UseHandshakeGuards';
  }
  return Reflect.hasMetadata(WS_ORIGINS_METADATA, classRef) ? '@AllowOrigins' : undefined;
}
