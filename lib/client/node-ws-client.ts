import type {
  CallType,
  DataArguments,
  ItemOf,
  PayloadOf,
  ReplyOf,
  StreamType,
  UntypedContract,
  WsContract,
} from '../protocol/wsgate/contract.js';
import type { ClientOptions } from '../socket/opening-handshake/client-options.js';
import { assertCodec } from './options/assert-codec.js';
import { assertOptions } from './options/assert-options.js';
import type { WsRequestOptions } from './calls/request-call.js';
import type { WsStreamOptions } from './calls/stream-call.js';
import { assertNodeUrl } from './connection/assert-node-url.js';
import { connectNodeSocket } from './connection/node-socket.js';
import { isWorthRetryingInNode } from './connection/refusal-rule.js';
import type { WsStream } from './stream/ws-stream.js';
import { WsClient as AnyWsClient } from './ws-client.js';
import {
  DEFAULTS,
  type WsClientOptions as AnyWsClientOptions,
} from './options/ws-client-options.js';
import { createErrorWriter } from './errors/create-error-writer.js';

/** Options of a client in Node: those a browser has, and how its sockets connect. */
export interface WsClientOptions extends AnyWsClientOptions {
  /** Headers (a cookie), TLS, agent, compression. Default: no compression. */
  readonly socket?: ClientOptions | undefined;
}

/** Every option there is, with a value of its kind. */
type Known<Options> = Readonly<Record<keyof Options, unknown>>;

const KNOWN: Known<WsClientOptions> = {
  ...DEFAULTS,
  auth: () => undefined,
  lazy: false,
  socket: {},
};
const KNOWN_OF_REQUEST: Known<WsRequestOptions> = {
  signal: {},
  timeoutMs: DEFAULTS.timeoutMs,
  retry: false,
};
const KNOWN_OF_STREAM: Known<WsStreamOptions<unknown>> = {
  credit: DEFAULTS.credit,
  signal: {},
  resume: () => undefined,
  onDropped: () => undefined,
};

/**
 * The client on this package's own Node WebSocket, whichever Node it runs on: unlike the platform's
 * it sends headers, tells the HTTP status of a refusal, and can cut a connection that is dead. It
 * checks every option, also of a call and of a stream.
 */
export class WsClient<C extends WsContract = UntypedContract> extends AnyWsClient<C> {
  constructor(url: string | URL, options: WsClientOptions = {}) {
    assertOptions('WsClient: ', options, KNOWN);
    assertOptions('WsClient: backoff.', options.backoff ?? {}, DEFAULTS.backoff);
    if (options.codec !== undefined) assertCodec('WsClient: codec', options.codec);
    if (options.webSocket === undefined) assertNodeUrl(url);
    const { closeTimeoutMs = DEFAULTS.closeTimeoutMs } = options;
    super(url, {
      ...options,
      webSocket: options.webSocket ?? connectNodeSocket(options.socket, closeTimeoutMs),
      shouldReconnect: options.shouldReconnect ?? isWorthRetryingInNode,
      onError: options.onError ?? createErrorWriter(),
    });
  }

  /** As {@link AnyWsClient.request}; rejects with {@link InvalidUse} for an option that is none. */
  override request<K extends CallType<C> & string>(
    type: K,
    ...args: DataArguments<PayloadOf<C, K>, [options?: WsRequestOptions]>
  ): Promise<ReplyOf<C, K>> {
    return new Promise((resolve) => {
      assertOptions('request: ', args[1] ?? {}, KNOWN_OF_REQUEST);
      resolve(super.request(type, ...args));
    });
  }

  /** As {@link AnyWsClient.stream}; throws {@link InvalidUse} for an option that is none. */
  override stream<K extends StreamType<C> & string>(
    type: K,
    ...args: DataArguments<
      PayloadOf<C, K>,
      [options?: WsStreamOptions<ItemOf<C, K>, PayloadOf<C, K>>]
    >
  ): WsStream<ItemOf<C, K>> {
    assertOptions('stream: ', args[1] ?? {}, KNOWN_OF_STREAM);
    return super.stream(type, ...args);
  }
}
