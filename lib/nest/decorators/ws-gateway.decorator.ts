import { InvalidUse } from '../../protocol/invalid-use.js';
import { ENTRY_PROVIDER_METADATA, WS_GATEWAY_METADATA } from '../constants.js';
import type { WsGatewayMetadata } from '../options/ws-module-options.js';
import { assertOnClass } from './assert-on-class.js';
import { ensureHandshakeMethod } from './handshake-method.js';

/**
 * Marks a provider as a gateway: its `@WsHandler` methods serve the WebSockets of one path.
 * Several gateways may share a path as long as their message types differ.
 *
 * @param pathOrOptions the path, or options with a `path`.
 * @throws InvalidUse for anything else, such as a port: gateways are served on the application's.
 */
export function WsGateway(pathOrOptions: string | WsGatewayMetadata = {}): ClassDecorator {
  assertPathOrOptions(pathOrOptions);
  const metadata: WsGatewayMetadata =
    typeof pathOrOptions === 'string' ? { path: pathOrOptions } : pathOrOptions;
  return (target) => {
    assertOnClass('@WsGateway', target);
    Reflect.defineMetadata(WS_GATEWAY_METADATA, metadata, target);
    Reflect.defineMetadata(ENTRY_PROVIDER_METADATA, true, target);
    ensureHandshakeMethod(target.prototype as object);
  };
}

function assertPathOrOptions(given: unknown): void {
  if (typeof given === 'string' || (typeof given === 'object' && given !== null)) return;
  const what =
    typeof given === 'function'
      ? `no parentheses on ${given.name}`
      : `${String(given)} given; gateways have no port of their own`;
  throw new InvalidUse(`@WsGateway: ${what}; expected @WsGateway('/path') or options`);
}
