import { InvalidUse } from '../../protocol/invalid-use.js';
import { ENTRY_PROVIDER_METADATA, WS_GATEWAY_METADATA } from '../framework/metadata-keys.js';
import type { WsGatewayMetadata } from '../options/ws-module-options.js';
import { isObject } from '../options/option-kinds.js';
import { showGiven } from '../values/show-given.js';
import { assertOnClass } from './assert-on-class.js';
import { ensureHandshakeMethod } from './handshake-method.js';

/**
 * Marks a provider as a gateway: its `@WsHandler` methods serve the WebSockets of one path.
 * Several gateways may share a path as long as their message types differ.
 *
 * @param pathOrOptions the path, or options with a `path`.
 * @throws InvalidUse for anything else, such as a port: gateways are served on the application's; and
 *   on a class that has the decorator already.
 */
export function WsGateway(pathOrOptions: string | WsGatewayMetadata = {}): ClassDecorator {
  assertPathOrOptions(pathOrOptions);
  const metadata: WsGatewayMetadata =
    typeof pathOrOptions === 'string' ? { path: pathOrOptions } : pathOrOptions;
  return (target) => {
    assertOnClass('@WsGateway', target);
    assertOnce(target);
    Reflect.defineMetadata(WS_GATEWAY_METADATA, metadata, target);
    Reflect.defineMetadata(ENTRY_PROVIDER_METADATA, true, target);
    ensureHandshakeMethod(target.prototype as object);
  };
}

function assertPathOrOptions(given: unknown): void {
  if (typeof given === 'string' || isObject(given)) return;
  throw new InvalidUse(
    `@WsGateway: ${describeWrong(given)}; expected @WsGateway('/path') or options`,
  );
}

function describeWrong(given: unknown): string {
  if (typeof given === 'function') return `no parentheses on ${given.name}`;
  const hint = typeof given === 'number' ? '; gateways have no port of their own' : '';
  return `${showGiven(given)} given${hint}`;
}

/** The upper one would win, and nobody could reach the path of the other. */
function assertOnce(target: { readonly name: string }): void {
  if (!Reflect.hasOwnMetadata(WS_GATEWAY_METADATA, target)) return;
  throw new InvalidUse(
    `@WsGateway stands twice on ${target.name}; a gateway has one path: give a class that extends ` +
      'it the other, or write one pattern for both',
  );
}
