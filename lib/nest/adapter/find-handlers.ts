import { MetadataScanner } from '@nestjs/core';
import type { Method } from '../method.js';
import type { FoundGateway } from './find-gateways.js';

/** Where `@SubscribeMessage` says that a method handles messages. */
const IS_SUBSCRIBED = 'websockets:message_mapping';

/** The `@SubscribeMessage` methods of a gateway, inherited ones included, by name. */
export function findHandlers({ prototype }: FoundGateway): ReadonlyMap<string, Method> {
  const methods = prototype as Readonly<Record<string, Method>>;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  return new Map(
    names
      .map((name) => [name, methods[name]] as const)
      .filter(([, method]) => Reflect.hasMetadata(IS_SUBSCRIBED, method)),
  );
}
