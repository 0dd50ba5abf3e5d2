import { WSGATE_CLOSE_CODE } from '../../protocol/wsgate/close-codes.js';
import { WSGATE_V1_MSGPACK } from '../../protocol/wsgate/subprotocols.js';
import type { MemoryLedger } from '../../server/limits/memory-ledger.js';
import type { ServerOptions } from '../../server/server-options.js';
import { WebSocketServer } from '../../server/web-socket-server.js';
import type { ResolvedPathOptions, WsgatePathOptions } from './adapter-options.js';
import { GatewaySocket } from './gateway-socket.js';

/**
 * What `@WebSocketGateway(port, options)` may say: its path, the adapter's
 * options, and those of `ws`.
 */
export interface WsgateServerOptions
  extends
    WsgatePathOptions,
    Pick<ServerOptions, 'verifyClient' | 'handleProtocols' | 'clientTracking' | 'autoPong'> {
  /**
   * With `:param` and wildcards. Default `/` on the application's port, every
   * path on a port of its own.
   */
  readonly path?: string;
  /** The address a port of its own is bound to. */
  readonly host?: string;
  /** An option of other adapters; there are no namespaces here. */
  readonly namespace?: unknown;
  /** An option of other adapters; here `origin` says which pages may connect. */
  readonly cors?: unknown;
}

/** What the servers of all paths have alike. */
export interface SharedByServers {
  readonly memoryLedger: MemoryLedger;
  /** As in `WsgateAdapterOptions`. */
  readonly fastLane: boolean | undefined;
}

/** The `WebSocketServer` of a path. Throws `InvalidUse` for an option the engine cannot use. */
export function createGatewayServer(
  own: WsgateServerOptions,
  options: ResolvedPathOptions,
  shared: SharedByServers,
): WebSocketServer {
  const { verifyClient, handleProtocols = chooseProtocol, clientTracking, autoPong } = own;
  return new WebSocketServer({
    ...shared,
    maxPayload: options.maxPayload,
    maxFragments: options.maxFragments,
    maxBufferedChunks: options.maxBufferedChunks,
    maxPendingAutoPongs: options.maxPendingAutoPongs,
    handshakeTimeout: options.handshakeTimeout,
    heartbeatInterval: options.heartbeatInterval,
    messageTimeout: options.messageTimeout,
    closeTimeout: options.closeTimeout,
    perMessageDeflate: options.perMessageDeflate,
    messageTimeoutCode: WSGATE_CLOSE_CODE.TOO_SLOW,
    // The dialects count them, and close with a code of their own.
    controlFrameRate: 0,
    verifyClient,
    handleProtocols,
    clientTracking,
    autoPong,
    noServer: true,
    WebSocket: GatewaySocket,
  });
}

/**
 * The client's first subprotocol, as in `ws`; but none that promises something these gateways do
 * not speak.
 */
function chooseProtocol(offered: Set<string>): string | false {
  for (const protocol of offered) if (protocol !== WSGATE_V1_MSGPACK) return protocol;
  return false;
}
