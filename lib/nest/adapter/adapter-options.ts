import { resolveWsOptions } from '../options/resolve-ws-options.js';
import type {
  ResolvedWsOptions,
  WsGatewayOptions,
  WsModuleOptions,
} from '../options/ws-module-options.js';

/** Options of `@WsGateway` paths that hold for the gateways of the adapter too. */
export const SHARED_OPTIONS = [
  'maxPayload',
  'maxFragments',
  'maxBufferedChunks',
  'maxPendingAutoPongs',
  'origin',
  'allowMissingOrigin',
  'trustProxy',
  'handshakeTimeout',
  'openTimeout',
  'heartbeatInterval',
  'messageTimeout',
  'closeTimeout',
  'drainTimeout',
  'maxCallsInFlight',
  'maxCallBytes',
  'maxStreamsInFlight',
  'maxPendingMessages',
  'maxPendingBytes',
  'maxValues',
  'messageRate',
  'controlFrameRate',
  'perMessageDeflate',
  'highWaterMark',
  'stallTimeout',
] as const satisfies readonly (keyof WsGatewayOptions)[];

/**
 * Options that hold for one path of the adapter: given to `new WsgateAdapter(app, options)` for all,
 * and in `@WebSocketGateway({ ... })` for one. Those of `@WsGateway` mean the same here, with the
 * same defaults, but `maxStreamsInFlight` is 256 and `maxValues` 100 000.
 */
export interface WsgatePathOptions extends Pick<WsGatewayOptions, (typeof SHARED_OPTIONS)[number]> {
  /**
   * Whether what no handler takes is answered with an `exception` event: `BAD_MESSAGE` for what is
   * no `{event, data}` in JSON, `UNKNOWN_TYPE` for an event nobody subscribed to. Default `false`:
   * it is dropped.
   */
  readonly strictMessages?: boolean | undefined;
  /**
   * Whether messages wait until an asynchronous `handleConnection` is done, `openTimeout` at the
   * most. Default `false`: handlers may run before.
   */
  readonly awaitConnection?: boolean | undefined;
  /**
   * Bytes that may wait for one slow client; beyond it the client is closed
   * with 1013. Default 16 MiB.
   */
  readonly maxBufferedAmount?: number | undefined;
}

/** Reads a message of a client. What it throws is logged; returning nothing drops the message. */
export type EventMessageParser = (
  data: string | Buffer,
) => { event: unknown; data?: unknown } | null | undefined | void;

/**
 * Options of `new WsgateAdapter(app, options)`. What those of `WsModule` limit is summed over the
 * adapter's gateways, apart from `@WsGateway` ones.
 */
export interface WsgateAdapterOptions
  extends
    WsgatePathOptions,
    Pick<WsModuleOptions, 'maxConnections' | 'maxConnectionsPerIp' | 'memoryCeiling' | 'fastLane'> {
  /** Reads messages instead of `JSON.parse`. */
  readonly messageParser?: EventMessageParser | undefined;
  /** The address that gateways with a port of their own are bound to. Default: every address. */
  readonly host?: string | undefined;
}

/** The options of a path with every default filled in. */
export interface ResolvedPathOptions
  extends ResolvedWsOptions, Required<Omit<WsgatePathOptions, keyof WsGatewayOptions>> {}

const MIB = 1024 * 1024;

/** Fills in defaults; later layers win. Of what kind their values are has been checked. */
export function resolvePathOptions(...layers: readonly WsgatePathOptions[]): ResolvedPathOptions {
  const maxBufferedAmount = last(layers, 'maxBufferedAmount') ?? 16 * MIB;
  return {
    ...resolveWsOptions(
      { maxStreamsInFlight: 256, maxValues: 100_000 },
      { push: { policy: 'close', highWaterMark: maxBufferedAmount, maxHeld: 0 } },
      ...layers.map(pickShared),
    ),
    strictMessages: last(layers, 'strictMessages') ?? false,
    awaitConnection: last(layers, 'awaitConnection') ?? false,
    maxBufferedAmount,
  };
}

/**
 * A layer may be the whole of what `@WebSocketGateway` was given; what does not
 * hold here does nothing.
 */
function pickShared(layer: WsgatePathOptions): WsgatePathOptions {
  const names: readonly string[] = SHARED_OPTIONS;
  return Object.fromEntries(Object.entries(layer).filter(([name]) => names.includes(name)));
}

function last<Name extends keyof WsgatePathOptions>(
  layers: readonly WsgatePathOptions[],
  name: Name,
): WsgatePathOptions[Name] {
  return layers.findLast((layer) => layer[name] !== undefined)?.[name];
}
