import { GUARDS_METADATA, HANDSHAKE_METHOD, WS_ORIGINS_METADATA } from '../constants.js';

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
