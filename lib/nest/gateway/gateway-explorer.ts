import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { InstanceWrapper } from '../framework/nest-internals.js';
import type { GatewayClass, GatewayDescriptor, HandlerDescriptor } from './gateway-descriptor.js';
import { assertNoStrayDecorators } from './assert-no-stray-decorators.js';
import { assertNoLeftovers } from './assert-no-leftovers.js';
import {
  isGatewayClass,
  readGatewayMetadata,
  readHandlerMetadata,
} from './read-gateway-metadata.js';
import { warnOfUndecorated } from './warn-of-undecorated.js';
import { warnOfUnmapped } from './warn-of-unmapped.js';

/** Finds gateways, and controllers with handlers, in every module of the application. */
@Injectable()
export class GatewayExplorer {
  readonly #discovery: DiscoveryService;
  readonly #scanner: MetadataScanner;
  readonly #logger = new Logger('WsGateways');

  constructor(discovery: DiscoveryService, scanner: MetadataScanner) {
    this.#discovery = discovery;
    this.#scanner = scanner;
  }

  /**
   * @throws InvalidUse for a module that is imported twice, for a handler nobody can reach, for one
   *   of `@nestjs/websockets` in a `@WsGateway`, for decorators of the handshake where there is
   *   none, and for a gateway that Nest did not make itself, since Nest gives such a one no guards.
   */
  explore(): readonly GatewayDescriptor[] {
    const providers = this.#discovery.getProviders();
    assertAlone(providers);
    const controllers = this.#discovery.getControllers();
    return [
      ...providers.flatMap((wrapper) => this.#visit(wrapper, 'provider')),
      ...controllers.flatMap((wrapper) => this.#visit(wrapper, 'controller')),
    ];
  }

  #visit(wrapper: InstanceWrapper, as: 'provider' | 'controller'): readonly GatewayDescriptor[] {
    if (wrapper.isAlias) return [];
    if (wrapper.isNotMetatype) return refuseForeign(wrapper);
    const classRef = wrapper.metatype as GatewayClass;
    const methods = this.#findMethods(classRef);
    const handlers = findHandlers(methods);
    const isGateway = isGatewayClass(classRef);
    if (isGateway) assertNoLeftovers(classRef, methods, this.#logger);
    if (!isGateway && as === 'provider') assertReachable(classRef, handlers);
    if (!isGateway && handlers.length === 0) {
      assertNoStrayDecorators(classRef);
      return [];
    }
    warnOfUnmapped(classRef, methods, this.#logger);
    warnOfUndecorated(classRef, handlers, this.#logger);
    const { host: module } = wrapper;
    if (module === undefined) return [];
    const metadata = readGatewayMetadata(classRef) ?? {};
    return [{ classRef, wrapper, module, isGateway, metadata, handlers }];
  }

  #findMethods(classRef: GatewayClass): ReadonlyMap<string, unknown> {
    const prototype = classRef.prototype as Readonly<Record<string, unknown>> | undefined;
    if (prototype === undefined) return new Map();
    const names = this.#scanner.getAllMethodNames(prototype);
    return new Map(names.map((name) => [name, prototype[name]]));
  }
}

/** Each import of the module has an explorer, and would serve every gateway with options of its own. */
function assertAlone(providers: readonly InstanceWrapper[]): void {
  if (providers.filter(({ token }) => token === GatewayExplorer).length === 1) return;
  throw new InvalidUse(
    'WsModule.forRoot() is imported more than once; import it once, in the root module: it is global',
  );
}

function findHandlers(methods: ReadonlyMap<string, unknown>): readonly HandlerDescriptor[] {
  return Array.from(methods, ([methodName, method]) =>
    readHandlerMetadata(method).map((handler) => Object.assign({ methodName }, handler)),
  ).flat();
}

/**
 * A value, or the product of a factory: Nest neither injects into it nor guards it, since it did
 * not make it.
 */
function refuseForeign(wrapper: InstanceWrapper): readonly [] {
  const instance: unknown = wrapper.instance;
  if (typeof instance !== 'object' || instance === null) return [];
  const { constructor } = instance;
  if (typeof constructor === 'function' && isGatewayClass(constructor)) {
    throw new InvalidUse(
      `${constructor.name} is provided as a value or by a factory, so its guards and pipes ` +
        'would not run: provide the class (or { provide, useClass })',
    );
  }
  return [];
}

function assertReachable(classRef: GatewayClass, [handler]: readonly HandlerDescriptor[]): void {
  if (handler === undefined) return;
  throw new InvalidUse(
    `nobody can reach ${classRef.name}.${handler.methodName} (@WsHandler "${handler.type}"): ` +
      `${classRef.name} is neither a @WsGateway nor a controller; add @WsGateway('/path') to it`,
  );
}
