import { ModulesContainer } from '@nestjs/core';
import { SOCKET_GATEWAY_METADATA } from '../framework/metadata-keys.js';

/** A `@WebSocketGateway` class of an application. */
export interface FoundGateway {
  readonly classRef: { readonly name: string };
  /** The one instance; of a request-scoped gateway a placeholder. */
  readonly instance: object;
  readonly prototype: object;
  /** Neither the gateway nor what it injects is request-scoped. */
  readonly isStatic: boolean;
}

/** The part of a Nest application that is used here. */
export interface ProviderSource {
  get<T>(token: new () => T, options: { readonly strict: boolean }): T;
}

/** The gateways of an application. */
export function* findGateways(app: ProviderSource): Generator<FoundGateway, void, undefined> {
  for (const { providers } of app.get(ModulesContainer, { strict: false }).values()) {
    for (const wrapper of providers.values()) {
      const { metatype, instance } = wrapper as { metatype?: unknown; instance?: unknown };
      if (typeof metatype !== 'function' || typeof instance !== 'object' || !instance) continue;
      if (!Reflect.hasMetadata(SOCKET_GATEWAY_METADATA, metatype)) continue;
      const prototype = metatype.prototype as object;
      const isStatic = wrapper.isDependencyTreeStatic();
      yield { classRef: metatype, instance, prototype, isStatic };
    }
  }
}
