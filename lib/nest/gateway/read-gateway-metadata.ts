import { InvalidUse } from '../../protocol/invalid-use.js';
import {
  WS_GATEWAY_METADATA,
  WS_HANDLER_METADATA,
  WS_ORIGINS_METADATA,
} from '../framework/metadata-keys.js';
import type { WsHandlerMetadata } from '../decorators/ws-handler.decorator.js';
import type { OriginPolicy } from '../options/origin-policy.js';
import type { WsGatewayMetadata } from '../options/ws-module-options.js';

/**
 * The `@WsGateway` options of a class with its `@AllowOrigins` in them; `undefined` when it carries
 * neither.
 *
 * @throws InvalidUse when it carries both `@AllowOrigins` and the option `origin`.
 */
export function readGatewayMetadata(classRef: {
  readonly name: string;
}): WsGatewayMetadata | undefined {
  const options = Reflect.getMetadata(WS_GATEWAY_METADATA, classRef) as
    WsGatewayMetadata | undefined;
  const origin = Reflect.getMetadata(WS_ORIGINS_METADATA, classRef) as OriginPolicy | undefined;
  if (origin === undefined) return options;
  if (options?.origin !== undefined) {
    throw new InvalidUse(
      `${classRef.name} has both @AllowOrigins and the option "origin"; expected one`,
    );
  }
  return { ...options, origin };
}

/** Whether a class carries `@WsGateway`. */
export function isGatewayClass(classRef: object): boolean {
  return Reflect.hasMetadata(WS_GATEWAY_METADATA, classRef);
}

/** The `@WsHandler` declarations of a method; usually one or none. */
export function readHandlerMetadata(method: unknown): readonly WsHandlerMetadata[] {
  if (typeof method !== 'function') return [];
  return (Reflect.getMetadata(WS_HANDLER_METADATA, method) ?? []) as WsHandlerMetadata[];
}
