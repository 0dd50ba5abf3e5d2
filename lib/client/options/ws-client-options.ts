import { assertAtLeastOne } from './assert-at-least-one.js';
import { jsonClientCodec, type WsClientCodec } from '../client-codec.js';
import type { WsRemoteError } from '../errors/ws-remote-error.js';
import type { WsAuthHook } from '../connection/auth.js';
import type { BackoffOptions } from '../connection/backoff.js';
import type { ConnectorSettings } from '../connection/connector.js';
import { connectPlatformSocket } from '../connection/platform-socket.js';
import { isWorthRetrying } from '../connection/reconnect-rule.js';
import type { WsSocketFactory } from '../connection/ws-socket.js';
import { omitUndefined } from '../omit-undefined.js';
import type { WsEnd } from '../ws-end.js';

/** Options of a client. All milliseconds; 0 switches a limit off where it says so. */
export interface WsClientOptions {
  /** Connect with the first call, stream, message or `connect()` instead of at once. Default false. */
  readonly lazy?: boolean | undefined;
  /** Runs before each attempt; see {@link WsAuthHook}. Default none. */
  readonly auth?: WsAuthHook | undefined;
  /** Delays between attempts. */
  readonly backoff?: BackoffOptions | undefined;
  /**
   * Whether to try again after this end. Default: not after a close code or an HTTP status that
   * says it cannot help (1000, 1002, 1003, 1007, 1008, 1009, 4401, 4403; statuses below 500 but
   * 408, 425 and 429).
   */
  readonly shouldReconnect?: ((end: WsEnd) => boolean) | undefined;
  /** How long an attempt may take, and `auth` before it. Default 10 000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a call may take, waiting for the connection included; 0: no limit. Default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** How long the closing handshake may take. Default 2 000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Silence after which the server is asked for a sign of life; 0: never. Default 15 000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Silence after that question after which the connection is lost. Default 10 000. */
  readonly heartbeatTimeoutMs?: number | undefined;
  /** Messages that may wait to be sent; one more is `OUTBOX_FULL`. Default 1 000. */
  readonly maxOutbox?: number | undefined;
  /**
   * Bytes that may wait in an open socket; with more, a message is `OUTBOX_FULL`, and a connection
   * that streams is given up. Default 16 MiB.
   */
  readonly maxBufferedBytes?: number | undefined;
  /**
   * Calls sent and not answered; more wait in the outbox. Below the server's own limit, so that it
   * goes on reading. At least 1. Default 128.
   */
  readonly maxCallsInFlight?: number | undefined;
  /**
   * `next` messages a stream may be ahead of its reader; at least 1;
   * `Infinity`: no limit. Default 32.
   */
  readonly credit?: number | undefined;
  /**
   * Told of errors the server ties to no call: an event of `send` that failed. Default: written
   * to the console; in Node ten a minute at most.
   */
  readonly onError?: ((error: WsRemoteError) => void) | undefined;
  /** How messages travel. Default JSON, `wsgate.v1`. */
  readonly codec?: WsClientCodec | undefined;
  /** Makes the sockets. Default: the platform's WebSocket; in Node this package's own. */
  readonly webSocket?: WsSocketFactory | undefined;
  /** A number from 0 up to 1, for the jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

type Defaulted = Required<Omit<WsClientOptions, 'auth' | 'backoff' | 'lazy'>>;

/** Options with every default filled in. */
export interface ResolvedClientOptions
  extends
    ConnectorSettings,
    Readonly<{ [Name in keyof Defaulted]: NonNullable<Defaulted[Name]> }> {}

/** What an option is where it is not given. */
export const DEFAULTS: ResolvedClientOptions = {
  backoff: { minMs: 500, maxMs: 30_000 },
  shouldReconnect: isWorthRetrying,
  connectTimeoutMs: 10_000,
  timeoutMs: 30_000,
  closeTimeoutMs: 2_000,
  heartbeatIntervalMs: 15_000,
  heartbeatTimeoutMs: 10_000,
  maxOutbox: 1_000,
  maxBufferedBytes: 16 * 1024 * 1024,
  maxCallsInFlight: 128,
  credit: 32,
  // oxlint-disable-next-line no-console -- a client has no logger, and an error must not vanish
  onError: (error) => console.error(error),
  codec: jsonClientCodec,
  webSocket: connectPlatformSocket,
  random: Math.random,
};

/** Fills in the defaults. Throws {@link InvalidUse} for limits with which nothing would move. */
export function resolveClientOptions(options: WsClientOptions): ResolvedClientOptions {
  const backoff = { ...DEFAULTS.backoff, ...omitUndefined(options.backoff ?? {}) };
  const resolved = { ...DEFAULTS, ...omitUndefined(options), backoff };
  assertAtLeastOne('maxCallsInFlight', resolved.maxCallsInFlight);
  assertAtLeastOne('credit', resolved.credit);
  return resolved;
}
