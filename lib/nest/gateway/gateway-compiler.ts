import { Injectable } from '@nestjs/common';
import type { CompiledHandler } from '../pipeline/compiled-handler.js';
import { HandlerCompiler, type GatewayInstance } from './handler-compiler.js';
import { STATIC_CONTEXT } from '../framework/nest-internals.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';
import type { BoundGateway, CompiledGateway } from './compiled-gateway.js';
import { contextOf, isShared, resolveInContext } from './connection-context.js';
import type { GatewayEndpoint } from './gateway-endpoint.js';
import type { GatewayDescriptor } from './gateway-descriptor.js';
import { GatewayHooks } from './gateway-hooks.js';

type Placed = readonly [gateway: GatewayDescriptor, place: GatewayInstance];

/** Compiles what is mounted on a path: once, or for each connection where anything is scoped. */
@Injectable()
export class GatewayCompiler {
  readonly #handlers: HandlerCompiler;

  constructor(handlers: HandlerCompiler) {
    this.#handlers = handlers;
  }

  /** Compiles an endpoint. */
  compile(endpoint: GatewayEndpoint): CompiledGateway {
    const { path, options, gateways } = endpoint;
    const label = gateways.map(({ classRef }) => classRef.name).join(', ');
    const scopedGateways = gateways.filter(({ wrapper }) => !isShared(wrapper));
    const shared = gateways.filter(({ wrapper }) => isShared(wrapper)).map(placeShared);
    const sharedHandlers = this.#compileHandlers(shared, options);
    const bound = bindPlaces(shared, sharedHandlers);
    if (scopedGateways.length === 0) return { path, options, label, bind: () => bound };
    const bind = async (connection: WsConnection): Promise<BoundGateway> => {
      const scoped = await placeScoped(scopedGateways, connection);
      const own = this.#compileHandlers(scoped, options);
      return bindPlaces([...shared, ...scoped], new Map([...sharedHandlers, ...own]));
    };
    return { path, options, label, bind };
  }

  #compileHandlers(
    placed: readonly Placed[],
    options: ResolvedWsOptions,
  ): ReadonlyMap<string, CompiledHandler> {
    const handlers = new Map<string, CompiledHandler>();
    for (const [gateway, instance] of placed) {
      for (const handler of gateway.handlers) {
        const compiled = this.#handlers.compile(gateway, handler, instance, options);
        handlers.set(handler.type, compiled);
      }
    }
    return handlers;
  }
}

function bindPlaces(
  placed: readonly Placed[],
  handlers: ReadonlyMap<string, CompiledHandler>,
): BoundGateway {
  return { handlers, hooks: new GatewayHooks(placed.map(([, { instance }]) => instance)) };
}

function placeShared(gateway: GatewayDescriptor): Placed {
  return [gateway, { instance: gateway.wrapper.instance, contextId: STATIC_CONTEXT }];
}

function placeScoped(
  gateways: readonly GatewayDescriptor[],
  connection: WsConnection,
): Promise<readonly Placed[]> {
  return Promise.all(
    gateways.map(async (gateway): Promise<Placed> => {
      const contextId = contextOf(connection, gateway);
      return [gateway, { instance: await resolveInContext(gateway, contextId), contextId }];
    }),
  );
}
