import { DEFAULT_LIMITS } from '../../protocol/endpoint-limits.js';
import { DEFAULT_MESSAGE_TIMEOUT } from '../../server/handshake/acceptor.js';
import { resolveRate } from '../../socket/rate.js';
import { resolveMessageRate } from './message-rate-options.js';
import { assertValues } from './option-kinds.js';
import { normalizeOrigins } from './origin-policy.js';
import { PUSH_DEFAULTS } from './push-options.js';
import { RECHECK_DEFAULTS } from './recheck-options.js';
import { STREAM_DEFAULTS } from './stream-options.js';
import type {
  CompleteWsOptions,
  ResolvedWsOptions,
  WsGatewayOptions,
} from './ws-module-options.js';
import { PATH_KINDS } from './ws-option-kinds.js';

const MIB = 1024 * 1024;

/** The defaults of every option of a path. */
export const WS_DEFAULTS: Readonly<CompleteWsOptions> = {
  ...DEFAULT_LIMITS,
  origin: 'same-origin',
  allowMissingOrigin: true,
  trustProxy: false,
  globalGuards: 'both',
  handshakeTimeout: 10_000,
  recheck: RECHECK_DEFAULTS,
  openTimeout: 10_000,
  heartbeatInterval: 30_000,
  messageTimeout: DEFAULT_MESSAGE_TIMEOUT,
  closeTimeout: 5_000,
  drainTimeout: 10_000,
  timeout: 0,
  maxCallsInFlight: 256,
  maxCallBytes: 16 * MIB,
  maxStreamsInFlight: 64,
  maxPendingMessages: 64,
  maxPendingBytes: 256 * 1024,
  maxValues: 10_000,
  messageRate: 0,
  controlFrameRate: 100,
  stream: STREAM_DEFAULTS,
  push: PUSH_DEFAULTS,
  perMessageDeflate: false,
  highWaterMark: 64 * 1024,
  stallTimeout: 30_000,
  idleTimeout: 0,
  protocols: [],
  codec: undefined,
};

/**
 * Fills in defaults; later layers win, and an option given as `undefined` is not given. Layers may
 * hold what is not for a path.
 *
 * @throws InvalidUse for a value an option cannot have.
 */
export function resolveWsOptions(...layers: readonly WsGatewayOptions[]): ResolvedWsOptions {
  for (const layer of layers) assertValues(PATH_KINDS, layer);
  const complete = layers.reduce<CompleteWsOptions>(applyLayer, WS_DEFAULTS);
  return {
    ...complete,
    origin: normalizeOrigins(complete.origin),
    messageRate: resolveMessageRate(complete.messageRate),
    controlFrameRate: resolveRate('controlFrameRate', complete.controlFrameRate),
  };
}

function applyLayer(below: CompleteWsOptions, layer: WsGatewayOptions): CompleteWsOptions {
  return {
    ...below,
    ...dropUndefined(pickKnown(layer)),
    recheck: { ...below.recheck, ...dropUndefined(layer.recheck) },
    stream: { ...below.stream, ...dropUndefined(layer.stream) },
    push: { ...below.push, ...dropUndefined(layer.push) },
  };
}

/** A layer may be a whole module's or gateway's options; `path` and the like are not for a path. */
function pickKnown(layer: WsGatewayOptions): Partial<WsGatewayOptions> {
  return Object.fromEntries(
    Object.entries(layer).filter(([name]) => Object.hasOwn(WS_DEFAULTS, name)),
  );
}

function dropUndefined<T extends object>(options: T | undefined): Partial<T> {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<T>;
}
