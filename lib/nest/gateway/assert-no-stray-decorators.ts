import { InvalidUse } from '../../protocol/invalid-use.js';
import { findHandshakeDecorator } from '../decorators/find-handshake-decorator.js';
import type { GatewayClass } from './gateway-descriptor.js';

/**
 * Looks at a class that serves no path.
 *
 * @throws InvalidUse for decorators of the handshake on it: their author believes that a door is
 *   shut.
 */
export function assertNoStrayDecorators(classRef: GatewayClass): void {
  const decorator = findHandshakeDecorator(classRef, classRef.prototype as object);
  if (decorator === undefined) return;
  throw new InvalidUse(
    `${decorator} on ${classRef.name} does nothing: it is neither a @WsGateway nor a controller ` +
      'with a @WsHandler',
  );
}
