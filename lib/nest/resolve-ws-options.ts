import { InvalidUse } from '../protocol/errors.js';
import { DEFAULT_LIMITS } from '../protocol/endpoint-limits.js';
import { DEFAULT_MESSAGE_TIMEOUT } from '../server/acceptor.js';
import { resolveRate } from '../socket/rate.js';
import { normalizeOrigins } from './handshake/check-origin.js';
import { assertRecheck, RECHECK_DEFAULTS } from './recheck/recheck-options.js';
import { createMessageRate } from './session/message-rate.js';
import { assertStreamOptions, STREAM_DEFAULTS } from './stream-options.js';
import type { ResolvedWsOptions, WsGatewayOptions } from './ws-module-options.js';

const MIB = 1024 * 1024;

/** The defaults of every option of a path. */
export const WS_DEFAULTS: Readonly<ResolvedWsOptions> = {
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
  push: { policy: 'close', highWaterMark: MIB, maxHeld: MIB },
  perMessageDeflate: false,
  highWaterMark: 64 * 1024,
  stallTimeout: 30_000,
  idleTimeout: 0,
  protocols: [],
  codec: undefined,
};

/**
 * Fills in defaults; later layers win, and an option given as `undefined` is not given.
 *
 * @throws InvalidUse for an origin that is none, a number no limit can be, or a recheck of nothing.
 */
export function resolveWsOptions(...layers: readonly WsGatewayOptions[]): ResolvedWsOptions {
  const resolved = layers.reduce<ResolvedWsOptions>(applyLayer, WS_DEFAULTS);
  assertNumbers(resolved);
  assertRates(resolved);
  assertRecheck(resolved.recheck);
  assertStreamOptions(resolved.stream);
  return { ...resolved, origin: normalizeOrigins(resolved.origin) };
}

/** Without a place for one call, or one message that waits, a gateway would never answer. */
const AT_LEAST_ONE: readonly string[] = [
  'maxCallsInFlight',
  'maxCallBytes',
  'maxPendingMessages',
  'maxPendingBytes',
];

function assertNumbers(options: ResolvedWsOptions): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (typeof value !== 'number') continue;
    const least = AT_LEAST_ONE.includes(name) ? 1 : 0;
    if (value >= least) continue;
    throw new InvalidUse(`${name}: ${value} given; expected a number from ${least} up`);
  }
}

function assertRates({ messageRate, controlFrameRate }: ResolvedWsOptions): void {
  createMessageRate(messageRate);
  resolveRate('controlFrameRate', controlFrameRate);
}

function applyLayer(below: ResolvedWsOptions, layer: WsGatewayOptions): ResolvedWsOptions {
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
