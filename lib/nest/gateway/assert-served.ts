import { InvalidUse } from '../../protocol/invalid-use.js';
import { GUARDS_METADATA, HANDSHAKE_METHOD, WS_ORIGINS_METADATA } from '../constants.js';
import type { GatewayClass } from './gateway-descriptor.js';

/**
 * Looks at a class that serves no path.
 *
 * @throws InvalidUse for decorators of the handshake on it: whoever wrote them believes a door is
 *   shut.
 */
export function assertGuardsNoPath(classRef: GatewayClass): void {
  const decorator = findHandshakeDecorator(classRef);
  if (decorator === undefined) return;
  throw new InvalidUse(
    `${decorator} on ${classRef.name} does nothing: it is neither a @WsGateway nor a controller ` +
      'with a @WsHandler',
  );
}

function findHandshakeDecorator(classRef: GatewayClass): string | undefined {
  const { [HANDSHAKE_METHOD]: handshake } = classRef.prototype as {
    readonly [HANDSHAKE_METHOD]?: object;
  };
  if (handshake !== undefined && Reflect.hasMetadata(GUARDS_METADATA, handshake)) {
    return '@UseHandshakeGuards';
  }
  return Reflect.hasMetadata(WS_ORIGINS_METADATA, classRef) ? '@AllowOrigins' : undefined;
}
