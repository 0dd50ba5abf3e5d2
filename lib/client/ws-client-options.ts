import { assertOptions } from './assert-options.js';
import { jsonCodec, type WsClientCodec } from './client-codec.js';
import type { WsRemoteError } from './errors.js';
import type { WsAuthHook } from './connection/auth.js';
import type { BackoffOptions } from './connection/backoff.js';
import type { LinkSettings } from './connection/link.js';
import { connectPlatformSocket } from './connection/platform-socket.js';
import { isWorthRetrying } from './connection/reconnect-rule.js';
import type { WsSocketFactory } from './connection/ws-socket.js';
import { omitUndefined } from './omit-undefined.js';
import type { WsEnd } from './ws-end.js';
import { createErrorWriter } from './write-errors.js';

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
  /** Bytes that may wait in an open socket; with more, a message is `OUTBOX_FULL`. Default 16 MiB. */
  readonly maxBufferedBytes?: number | undefined;
  /** Calls sent and not answered; more wait in the outbox. Below the server's own limit, so that it goes on reading. At least 1. Default 128. */
  readonly maxCallsInFlight?: number | undefined;
  /** `next` messages a stream may be ahead of its reader; at least 1; `Infinity`: no limit. Default 32. */
  readonly credit?: number | undefined;
  /** Told of errors the server ties to no call: an event of `send` that failed. Default: written to the console, ten a minute. */
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
export interface ResolvedOptions
  extends LinkSettings, Readonly<{ [Name in keyof Defaulted]: NonNullable<Defaulted[Name]> }> {
  readonly auth?: WsAuthHook;
  readonly backoff: Readonly<Record<'minMs' | 'maxMs', number>>;
}

const DEFAULTS: Omit<ResolvedOptions, 'onError'> = {
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
  codec: jsonCodec,
  webSocket: connectPlatformSocket,
  random: Math.random,
};

/** All options there are; those of `socket` are read in Node only. */
const KNOWN: Readonly<Record<string, unknown>> = {
  ...DEFAULTS,
  auth: undefined,
  onError: createErrorWriter,
  lazy: false,
  socket: undefined,
};

/**
 * Fills in the defaults. Throws {@link InvalidUse} for names that are no options, values of another
 * kind, and limits below 1.
 */
export function resolveOptions(options: WsClientOptions): ResolvedOptions {
  assertOptions(options, KNOWN);
  assertOptions(options.backoff ?? {}, DEFAULTS.backoff);
  const backoff = { ...DEFAULTS.backoff, ...omitUndefined(options.backoff ?? {}) };
  const onError = options.onError ?? createErrorWriter();
  return { ...DEFAULTS, ...omitUndefined(options), backoff, onError };
}
