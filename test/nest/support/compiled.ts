import type { INestApplication } from '@nestjs/common';
import { planEndpoints } from '../../../lib/nest/gateway/plan-endpoints.js';
import { GatewayCompiler } from '../../../lib/nest/gateway/gateway-compiler.js';
import type { BoundGateway } from '../../../lib/nest/gateway/compiled-gateway.js';
import { GatewayExplorer } from '../../../lib/nest/gateway/gateway-explorer.js';
import type { CallContext, CompiledHandler } from '../../../lib/nest/pipeline/compiled-handler.js';
import { WsConnection } from '../../../lib/nest/connection/ws-connection.js';
import type { WsConnectionLink } from '../../../lib/nest/connection/ws-connection-link.js';
import { WS_OPTIONS } from '../../../lib/nest/options/ws-options.token.js';
import type { WsModuleOptions } from '../../../lib/nest/options/ws-module-options.js';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import { Rooms } from '../../../lib/server/registry/rooms.js';

/** A connection with nothing behind it, for tests that drive the compiled pipeline itself. */
export function createConnection(extras: { readonly user?: unknown } = {}): WsConnection {
  const link: WsConnectionLink = {
    codec: jsonCodec,
    bufferedAmount: 0,
    readyState: 1,
    droppedPushes: 0,
    drainTimeout: 10_000,
    closeTimeout: 5_000,
    push: () => undefined,
    close: () => undefined,
    terminate: () => undefined,
    drain: () => Promise.resolve(),
  };
  const handshake = {
    id: 'c1',
    path: '/chat/lobby',
    params: { room: 'lobby', page: '7' },
    query: { q: 'find' },
    headers: { 'x-tenant': 'acme' },
    cookies: { theme: 'dark' },
    ip: '192.0.2.1',
    origin: undefined,
    protocol: '',
    user: extras.user,
  };
  return new WsConnection(handshake, link, new Rooms<WsConnection>());
}

/** What a call looks like to its handler. */
export function createCall(type: string, signal = new AbortController().signal): CallContext {
  return { type, id: 1, credit: Infinity, signal, isWithdrawn: false };
}

/** Everything on one path of an application, as this connection meets it. */
export async function bindGateway(
  app: INestApplication,
  connection: WsConnection,
  path = '/ws',
): Promise<BoundGateway> {
  const options = app.get<WsModuleOptions>(WS_OPTIONS);
  const endpoints = planEndpoints(app.get(GatewayExplorer).explore(), options);
  const endpoint = endpoints.find((candidate) => candidate.path === path);
  if (endpoint === undefined) throw new Error(`nothing is mounted on ${path}`);
  return app.get(GatewayCompiler).compile(endpoint).bind(connection);
}

/** One compiled handler of an application. */
export async function findHandler(
  app: INestApplication,
  type: string,
  connection = createConnection(),
): Promise<CompiledHandler> {
  const { handlers } = await bindGateway(app, connection);
  const handler = handlers.get(type);
  if (handler === undefined) throw new Error(`no handler for ${type}`);
  return handler;
}
