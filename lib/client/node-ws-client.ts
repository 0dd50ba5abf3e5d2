import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import type { ClientOptions } from '../socket/client-options.js';
import { assertNodeUrl } from './connection/assert-node-url.js';
import { connectNodeSocket } from './connection/node-socket.js';
import { WsClient as AnyWsClient } from './ws-client.js';
import type { WsClientOptions as AnyWsClientOptions } from './ws-client-options.js';

/** Options of a client in Node: those a browser has, and how its sockets connect. */
export interface WsClientOptions extends AnyWsClientOptions {
  /** Headers (a cookie), TLS, agent, compression. Default: no compression. */
  readonly socket?: ClientOptions | undefined;
}

/**
 * The client on this package's own Node WebSocket, whichever Node it runs on: unlike the platform's
 * it sends headers, tells the HTTP status of a refusal, and can cut a connection that is dead.
 */
export class WsClient<C extends WsContract = UntypedContract> extends AnyWsClient<C> {
  constructor(url: string | URL, options: WsClientOptions = {}) {
    if (options.webSocket === undefined) assertNodeUrl(url);
    super(url, { ...options, webSocket: options.webSocket ?? connectNodeSocket(options.socket) });
  }
}
