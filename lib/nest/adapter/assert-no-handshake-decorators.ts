import { InvalidUse } from '../../protocol/invalid-use.js';
import { GUARDS_METADATA, HANDSHAKE_METHOD, WS_ORIGINS_METADATA } from '../constants.js';
import type { FoundGateway } from './find-gateways.js';

/**
 * Throws {@link InvalidUse} for a gateway with decorators that hold for `@WsGateway` only: whoever
 * wrote them believes the door is shut.
 */
export function assertNoHandshakeDecorators({ classRef, prototype }: FoundGateway): void {
  const handshake = (prototype as { readonly [HANDSHAKE_METHOD]?: object })[HANDSHAKE_METHOD];
  if (handshake !== undefined && Reflect.hasMetadata(GUARDS_METADATA, handshake)) {
    throw new InvalidUse(
      `${classRef.name}: @UseHandshakeGuards does not run on a @WebSocketGateway; use verifyClient, or make it a @WsGateway`,
    );
  }
  if (Reflect.hasMetadata(WS_ORIGINS_METADATA, classRef)) {
    throw new InvalidUse(
      `${classRef.name}: @AllowOrigins is not read on a @WebSocketGateway; use the adapter's option origin, or make it a @WsGateway`,
    );
  }
}
