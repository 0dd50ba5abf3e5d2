import { Injectable } from '@nestjs/common';
import type { CompiledHandler } from '../pipeline/compiled-handler.js';
import { HandlerCompiler, type GatewayInstance } from '../pipeline/handler-compiler.js';
import { STATIC_CONTEXT } from '../nest-internals.js';
import type { WsConnection } from '../ws-connection.js';
import type { BoundGateway, CompiledGateway } from './compiled-gateway.js';
import { contextOf, isShared, resolveInContext } from './connection-context.js';
import type { Endpoint } from './endpoint.js';
import type { GatewayDescriptor } from './gateway-descriptor.js';
import { GatewayHooks } from './gateway-hooks.js';

type Placed = readonly [gateway: GatewayDescriptor, place: GatewayInstance];

/** Compiles what is mounted on a path: once, or for each connection where anything is scoped. */
@Injectable()
export class GatewayCompiler {
  constructor(private readonly handlers: HandlerCompiler) {}

  /** Compiles an endpoint. */
  compile(endpoint: Endpoint): CompiledGateway {
    const { path, options, gateways } = endpoint;
    const describe = gateways.map(({ classRef }) => classRef.name).join(', ');
    const shared = gateways.every(isShared) ? this.bind(endpoint, gateways.map(place)) : undefined;
    return {
      path,
      options,
      describe,
      bind: (connection) => shared ?? this.bindScoped(endpoint, connection),
    };
  }

  private async bindScoped(endpoint: Endpoint, connection: WsConnection): Promise<BoundGateway> {
    const placed = endpoint.gateways.map((gateway) => placeFor(gateway, connection));
    return this.bind(endpoint, await Promise.all(placed));
  }

  private bind({ options }: Endpoint, placed: readonly Placed[]): BoundGateway {
    const handlers = new Map<string, CompiledHandler>();
    for (const [gateway, instance] of placed) {
      for (const handler of gateway.handlers) {
        const compiled = this.handlers.compile(gateway, handler, instance, options);
        handlers.set(handler.type, compiled);
      }
    }
    const hooks = new GatewayHooks(placed.map(([, { instance }]) => instance));
    return {
      handlers,
      onOpen: (connection) => hooks.open(connection),
      onClose: (connection, close) => hooks.close(connection, close),
    };
  }
}

function place(gateway: GatewayDescriptor): Placed {
  return [gateway, { instance: gateway.wrapper.instance, contextId: STATIC_CONTEXT }];
}

async function placeFor(gateway: GatewayDescriptor, connection: WsConnection): Promise<Placed> {
  if (isShared(gateway)) return place(gateway);
  const contextId = contextOf(connection, gateway);
  return [gateway, { instance: await resolveInContext(gateway, contextId), contextId }];
}
