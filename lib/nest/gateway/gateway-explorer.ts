import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { InvalidUse } from '../../protocol/errors.js';
import type { InstanceWrapper } from '../nest-internals.js';
import { GatewayAccessor } from './gateway-accessor.js';
import type { GatewayClass, GatewayDescriptor, HandlerDescriptor } from './gateway-descriptor.js';

/** Finds gateways, and controllers with handlers, in every module of the application. */
@Injectable()
export class GatewayExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly accessor: GatewayAccessor,
  ) {}

  /**
   * @throws InvalidUse for a handler nobody can reach, and for a gateway that Nest did not make
   *   itself, since Nest gives such a one no guards.
   */
  explore(): readonly GatewayDescriptor[] {
    const providers = this.discovery
      .getProviders()
      .flatMap((wrapper) => this.visit(wrapper, false));
    const controllers = this.discovery
      .getControllers()
      .flatMap((wrapper) => this.visit(wrapper, true));
    return [...providers, ...controllers];
  }

  private visit(wrapper: InstanceWrapper, isController: boolean): readonly GatewayDescriptor[] {
    if (wrapper.isAlias) return [];
    if (wrapper.isNotMetatype) return this.refuseForeign(wrapper);
    const classRef = wrapper.metatype as GatewayClass;
    const handlers = this.findHandlers(classRef);
    const isGateway = this.accessor.isGateway(classRef);
    if (!isGateway && !isController) return refuseUnreachable(classRef, handlers);
    if (!isGateway && handlers.length === 0) return [];
    const { host: module } = wrapper;
    if (module === undefined) return [];
    const metadata = this.accessor.readGateway(classRef) ?? {};
    return [{ classRef, wrapper, module, isGateway, metadata, handlers }];
  }

  private findHandlers(classRef: GatewayClass): readonly HandlerDescriptor[] {
    const prototype = classRef.prototype as Readonly<Record<string, unknown>> | undefined;
    if (prototype === undefined) return [];
    return this.scanner
      .getAllMethodNames(prototype)
      .flatMap((methodName) =>
        this.accessor
          .readHandlers(prototype[methodName])
          .map((handler) => Object.assign({ methodName }, handler)),
      );
  }

  /** A value or a factory's product: Nest neither injects nor guards what it did not make. */
  private refuseForeign(wrapper: InstanceWrapper): readonly [] {
    const instance: unknown = wrapper.instance;
    if (typeof instance !== 'object' || instance === null) return [];
    const { constructor } = instance;
    if (typeof constructor === 'function' && this.accessor.isGateway(constructor)) {
      throw new InvalidUse(
        `${constructor.name} is provided as a value or by a factory, so its guards and pipes ` +
          'would not run: provide the class (or { provide, useClass })',
      );
    }
    return [];
  }
}

function refuseUnreachable(
  classRef: GatewayClass,
  [handler]: readonly HandlerDescriptor[],
): readonly [] {
  if (handler === undefined) return [];
  throw new InvalidUse(
    `nobody can reach ${classRef.name}.${handler.methodName} (@WsHandler "${handler.type}"): ` +
      `${classRef.name} is neither a @WsGateway nor a controller`,
  );
}
