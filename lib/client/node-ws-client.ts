import type { UntypedContract, WsContract } from '../protocol/wsgate/contract.js';
import type { ClientOptions } from '../socket/client-options.js';
import { assertOptions } from './assert-options.js';
import { assertNodeUrl } from './connection/assert-node-url.js';
import { connectNodeSocket } from './connection/node-socket.js';
import { WsClient as AnyWsClient } from './ws-client.js';
import { DEFAULTS, type WsClientOptions as AnyWsClientOptions } from './ws-client-options.js';
import { createErrorWriter } from './write-errors.js';

/** Options of a client in Node: those a browser has, and how its sockets connect. */
export interface WsClientOptions extends AnyWsClientOptions {
  /** Headers (a cookie), TLS, agent, compression. Default: no compression. */
  readonly socket?: ClientOptions | undefined;
}

/** All options there are. */
const KNOWN: Readonly<Record<keyof WsClientOptions, unknown>> = {
  ...DEFAULTS,
  auth: undefined,
  lazy: false,
  socket: undefined,
};

/**
 * The client on this package's own Node WebSocket, whichever Node it runs on: unlike the platform's
 * it sends headers, tells the HTTP status of a refusal, and can cut a connection that is dead.
 */
export class WsClient<C extends WsContract = UntypedContract> extends AnyWsClient<C> {
  constructor(url: string | URL, options: WsClientOptions = {}) {
    assertOptions(options, KNOWN);
    assertOptions(options.backoff ?? {}, DEFAULTS.backoff);
    if (options.webSocket === undefined) assertNodeUrl(url);
    super(url, {
      ...options,
      webSocket: options.webSocket ?? connectNodeSocket(options.socket),
      onError: options.onError ?? createErrorWriter(),
    });
  }
}
