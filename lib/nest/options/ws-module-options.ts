import type { GivenLimits } from '../../protocol/endpoint-limits.js';
import type { DeflateOptions } from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import type { Rate, RateOptions } from '../../socket/rate.js';
import type { OriginPolicy } from './origin-policy.js';
import type { PushOptions } from './push-options.js';
import type { RecheckOptions } from './recheck-options.js';
import type { MessageRateOptions, ResolvedMessageRate } from './message-rate-options.js';
import type { StreamOptions } from './stream-options.js';

/**
 * Where global guards (`useGlobalGuards`, `APP_GUARD`) run.
 *
 * - `both`: before the 101, and for each message.
 * - `handshake`: before the 101 only.
 * - `message`: for each message only.
 */
export type GlobalGuards = 'both' | 'handshake' | 'message';

/** How many proxies in front of the server are believed: `true` is one, `false` none. */
export type TrustProxy = boolean | number;

/** Options that hold for one path; any of them can be given to `WsModule` and per `@WsGateway`. */
export interface WsGatewayOptions extends GivenLimits {
  /**
   * Origins that may connect besides the server's own; see {@link OriginPolicy}. Default
   * `same-origin`.
   */
  readonly origin?: OriginPolicy | undefined;
  /** Whether clients that send no Origin (they are not browsers) may connect. Default `true`. */
  readonly allowMissingOrigin?: boolean | undefined;
  /**
   * How many proxies in front of the server set `X-Forwarded-Proto`, `-Host` and `-For` and are
   * believed: for scheme and host in the same-origin check, and for the connection's `ip`. `true`
   * is one. Default `false`: none.
   */
  readonly trustProxy?: TrustProxy | undefined;
  /** Where global guards run. Default `both`. */
  readonly globalGuards?: GlobalGuards | undefined;
  /**
   * Milliseconds the handshake may take, its guards included. 0: no limit, but 10 000 once the
   * client has gone. Default 10 000.
   */
  readonly handshakeTimeout?: number | undefined;
  /** When the guards of the handshake run again while the connection lives. Default: never. */
  readonly recheck?: RecheckOptions | undefined;
  /** Milliseconds `onWsOpen` may take. 0: no limit. Default 10 000. */
  readonly openTimeout?: number | undefined;
  /**
   * Milliseconds between pings of a quiet client; one that has not answered after half of them is
   * dead. 0: none. Default 30 000.
   */
  readonly heartbeatInterval?: number | undefined;
  /**
   * Milliseconds in which a message that has begun must end, or 16 KiB of it arrive; a client slower
   * than that is closed with 4408. 0: no limit. Default 30 000.
   */
  readonly messageTimeout?: number | undefined;
  /**
   * Milliseconds the closing handshake may take, and at shutdown the `onWsClose` hooks. 0: no limit;
   * but at shutdown nothing is waited for. Default 5 000.
   */
  readonly closeTimeout?: number | undefined;
  /**
   * Milliseconds that calls in flight get to finish at shutdown. 0: they are cut off. Default
   * 10 000.
   */
  readonly drainTimeout?: number | undefined;
  /** Milliseconds a handler may take before its call fails with `TIMEOUT`. 0: none. Default 0. */
  readonly timeout?: number | undefined;
  /** Calls in flight per connection; beyond it reading stops. Default 256. */
  readonly maxCallsInFlight?: number | undefined;
  /**
   * Bytes of the messages whose calls are in flight, per connection (of text, UTF-16 units); beyond
   * it reading stops. A message that is alone passes whatever its size. As much again for messages
   * whose streams are open; one beyond it fails with `OVERFLOW`. Default 16 MiB.
   */
  readonly maxCallBytes?: number | undefined;
  /** Streams in flight per connection; one more fails with `OVERFLOW`. Default 64. */
  readonly maxStreamsInFlight?: number | undefined;
  /** Messages that may wait for `onWsOpen`; beyond it reading stops. Default 64. */
  readonly maxPendingMessages?: number | undefined;
  /**
   * Bytes of messages that may wait for `onWsOpen`, 64 more for each; beyond it reading
   * stops. Default 256 KiB.
   */
  readonly maxPendingBytes?: number | undefined;
  /**
   * Members and items of one message, at every depth; one with more fails with `BAD_MESSAGE`.
   * Validating an unknown member can cost what reading 30 KiB does: 60 000 of them, 800 KB, held
   * the event loop for two seconds. JSON and MessagePack with more are not parsed: a member that
   * comes twice counts twice. 0: any number. Default 10 000.
   */
  readonly maxValues?: number | undefined;
  /**
   * Messages a connection may send in a second, or more of it in {@link MessageRateOptions}. All
   * count but one `cancel` for each call and one `credit` for each item of a stream. 0: no limit.
   * Default 0: what is too much depends on the application.
   */
  readonly messageRate?: number | MessageRateOptions | undefined;
  /**
   * Pings and pongs, `{op: "ping"}` among them, a connection may send in a second, or a rate with a
   * burst; beyond it the connection is closed with 4429. 0: no limit. Default 100.
   */
  readonly controlFrameRate?: number | RateOptions | undefined;
  /** How handlers' Observables meet slow readers. */
  readonly stream?: StreamOptions | undefined;
  /** How pushes meet slow readers. */
  readonly push?: PushOptions | undefined;
  /** Compression (RFC 7692): `true`, or its settings. Default `false`. */
  readonly perMessageDeflate?: boolean | DeflateOptions | undefined;
  /** Bytes waiting in the connection from which streams pause; at least 1. Default 64 KiB. */
  readonly highWaterMark?: number | undefined;
  /** Milliseconds a client may read nothing of what waits for it. 0: no limit. Default 30 000. */
  readonly stallTimeout?: number | undefined;
  /**
   * Milliseconds without a call or an event until a client is closed with 1001; heartbeats do not
   * count, and a client with a call or a stream in flight is not idle. 0: never. Default 0.
   */
  readonly idleTimeout?: number | undefined;
  /** Subprotocols offered besides those of the codecs, in order of preference. Default none. */
  readonly protocols?: readonly string[] | undefined;
  /** A codec of the application. Default: `wsgate.v1`. */
  readonly codec?: WsCodec | undefined;
}

/** What `@WsGateway` takes: the path, and any option of the module to override for it. */
export interface WsGatewayMetadata extends WsGatewayOptions {
  /**
   * `:param` and `*wildcard` as in Express 5 (path-to-regexp 8): `/chat/:room`. Default: the
   * module's `path`.
   */
  readonly path?: string | undefined;
}

/** Options of `WsModule.forRoot`. */
export interface WsModuleOptions extends WsGatewayOptions {
  /** The path that `@WsHandler` methods of ordinary controllers are mounted on. Default `/ws`. */
  readonly path?: string | undefined;
  /** Open connections and handshakes under way; one more is refused with 503. 0: no limit. Default 0. */
  readonly maxConnections?: number | undefined;
  /**
   * Of them, how many one address may have (of IPv6, one network of 64 bits); one more is refused
   * with 429. 0: no limit. Default 0.
   */
  readonly maxConnectionsPerIp?: number | undefined;
  /**
   * Handshakes that are being decided, and live connections that have no user yet; one more is
   * refused with 503. 0: no limit. Default 0.
   */
  readonly maxUnauthenticated?: number | undefined;
  /**
   * Bytes all connections of the server may hold; see `WsServer.heldBytes`. As the sum nears it,
   * pushes to slow readers are dropped, then reading pauses on connections that hold much, then
   * upgrades are refused with 503; at it, the greatest holders are closed with 1013. 0: none.
   * Default 0.
   */
  readonly memoryCeiling?: number | undefined;
  /** Whether Node's internals may be used where a self-check finds them as expected. Default `true`. */
  readonly fastLane?: boolean | undefined;
}

/** The options of a path as they are given, with every default filled in. */
export interface CompleteWsOptions extends Required<
  Omit<WsGatewayOptions, 'recheck' | 'stream' | 'push' | 'codec'>
> {
  readonly recheck: Required<RecheckOptions>;
  readonly stream: Required<StreamOptions>;
  readonly push: Required<PushOptions>;
  readonly codec: WsCodec | undefined;
}

/** The same as they are in force. */
export interface ResolvedWsOptions extends Omit<
  CompleteWsOptions,
  'messageRate' | 'controlFrameRate'
> {
  /** Undefined: no limit. */
  readonly messageRate: ResolvedMessageRate | undefined;
  /** Undefined: no limit. */
  readonly controlFrameRate: Rate | undefined;
}
