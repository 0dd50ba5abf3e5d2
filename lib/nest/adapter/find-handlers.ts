import { MetadataScanner } from '@nestjs/core';
import { SUBSCRIBED_METADATA } from '../framework/metadata-keys.js';
import type { Method } from '../framework/method.js';
import type { FoundGateway } from './find-gateways.js';

/** The `@SubscribeMessage` methods of a gateway, inherited ones included, by name. */
export function findHandlers({ prototype }: FoundGateway): ReadonlyMap<string, Method> {
  const methods = prototype as Readonly<Record<string, Method>>;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  return new Map(
    names
      .map((name) => [name, methods[name]] as const)
      .filter(([, method]) => Reflect.hasMetadata(SUBSCRIBED_METADATA, method)),
  );
}
