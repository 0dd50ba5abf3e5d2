import type { CompiledHandler } from '../pipeline/compiled-handler.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';
import type { WsConnection } from '../connection/ws-connection.js';
import type { GatewayHooks } from './gateway-hooks.js';

/** The handlers and hooks of one path as one connection meets them. */
export interface BoundGateway {
  /** Message type to handler. */
  readonly handlers: ReadonlyMap<string, CompiledHandler>;
  readonly hooks: GatewayHooks;
}

/** Everything mounted on one path, compiled. */
export interface CompiledGateway {
  /** The path as it was declared: `/chat/:room`. */
  readonly path: string;
  /** The module's options with the gateway's own on top, defaults filled in. */
  readonly options: ResolvedWsOptions;
  /** The classes of the path, for logs: `ChatGateway`. */
  readonly label: string;
  /**
   * The handlers and hooks for one connection: shared ones, at once, unless a gateway or one of
   * its enhancers is request-scoped; then they are built for this connection, with it as REQUEST.
   */
  bind(connection: WsConnection): BoundGateway | Promise<BoundGateway>;
}
