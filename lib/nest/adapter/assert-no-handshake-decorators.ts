import { InvalidUse } from '../../protocol/invalid-use.js';
import {
  findHandshakeDecorator,
  type HandshakeDecorator,
} from '../decorators/find-handshake-decorator.js';
import type { FoundGateway } from './find-gateways.js';

const PROBLEMS: Readonly<Record<HandshakeDecorator, string>> = {
  '@UseHandshakeGuards': 'does not run on a @WebSocketGateway; use verifyClient',
  '@AllowOrigins': "is not read on a @WebSocketGateway; use the adapter's option origin",
};

/**
 * Throws {@link InvalidUse} for a gateway with decorators that hold for `@WsGateway` only: their
 * author believes that the door is shut.
 */
export function assertNoHandshakeDecorators({ classRef, prototype }: FoundGateway): void {
  const decorator = findHandshakeDecorator(classRef, prototype);
  if (decorator === undefined) return;
  throw new InvalidUse(
    `${classRef.name}: ${decorator} ${PROBLEMS[decorator]}, or make it a @WsGateway`,
  );
}
