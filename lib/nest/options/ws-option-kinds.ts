import { types } from 'node:util';
import { type RateOptions, resolveRate } from '../../socket/rate.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { isToken } from '../../protocol/handshake/tokens.js';
import { deflate } from './deflate-kinds.js';
import type { MessageRateOptions } from './message-rate-options.js';
import {
  atLeast,
  flag,
  group,
  isObject,
  kindOf,
  milliseconds,
  oneOf,
  type OptionKind,
  type OptionKinds,
} from './option-kinds.js';
import { assertOriginPolicy } from './origin-policy.js';
import { PUSH_KINDS } from './push-options.js';
import { RECHECK_KINDS } from './recheck-options.js';
import { showGiven } from '../values/show-given.js';
import { STREAM_KINDS } from './stream-options.js';
import type { WsGatewayMetadata, WsGatewayOptions, WsModuleOptions } from './ws-module-options.js';

const limit = kindOf(
  'an integer from 0 (off) up',
  (value) => Number.isInteger(value) && (value as number) >= 0,
);

const path = kindOf("a path: '/chat/:room'", (value) => typeof value === 'string');

const RATE_KINDS: Readonly<OptionKinds<RateOptions>> = {
  perSecond: atLeast(0),
  burst: atLeast(1),
};

const MESSAGE_RATE_KINDS: Readonly<OptionKinds<MessageRateOptions>> = {
  ...RATE_KINDS,
  excess: oneOf('refuse', 'close'),
};

/**
 * The kinds of values the options of a path take. If no call could be in flight, or no message
 * could wait, a gateway would never answer; if no byte could wait, no stream would go on.
 */
export const PATH_KINDS: Readonly<OptionKinds<WsGatewayOptions>> = {
  origin: assertOriginPolicy,
  allowMissingOrigin: flag,
  trustProxy: kindOf(
    'true, false, or how many proxies of yours each request comes through',
    (value) => typeof value === 'boolean' || (Number.isInteger(value) && (value as number) >= 0),
  ),
  globalGuards: oneOf('both', 'handshake', 'message'),
  handshakeTimeout: milliseconds('none'),
  recheck: group(RECHECK_KINDS),
  openTimeout: milliseconds('none'),
  heartbeatInterval: milliseconds('none'),
  messageTimeout: milliseconds('none'),
  closeTimeout: milliseconds('none'),
  drainTimeout: milliseconds('at once'),
  timeout: milliseconds('none'),
  stallTimeout: milliseconds('none'),
  idleTimeout: milliseconds('never'),
  maxPayload: limit,
  maxFragments: limit,
  maxBufferedChunks: limit,
  maxPendingAutoPongs: limit,
  maxCallsInFlight: atLeast(1),
  maxCallBytes: atLeast(1),
  maxStreamsInFlight: atLeast(0),
  maxPendingMessages: atLeast(1),
  maxPendingBytes: atLeast(1),
  maxValues: atLeast(0),
  messageRate: rate(MESSAGE_RATE_KINDS),
  controlFrameRate: rate(RATE_KINDS),
  stream: group(STREAM_KINDS),
  push: group(PUSH_KINDS),
  perMessageDeflate: deflate,
  highWaterMark: atLeast(1),
  protocols: kindOf("a list of subprotocols: ['chat.v1']", isListOfTokens),
  codec: assertCodec,
};

/** The kinds of values the options of `@WsGateway` take. */
export const GATEWAY_KINDS: Readonly<OptionKinds<WsGatewayMetadata>> = { ...PATH_KINDS, path };

/** The kinds of values the options of `WsModule` take. */
export const MODULE_KINDS: Readonly<OptionKinds<WsModuleOptions>> = {
  ...PATH_KINDS,
  path,
  maxConnections: atLeast(0, 'connections from 0 (no limit) up'),
  maxConnectionsPerIp: atLeast(0, 'connections from 0 (no limit) up'),
  maxUnauthenticated: atLeast(0, 'connections from 0 (no limit) up'),
  memoryCeiling: atLeast(0, 'bytes from 0 (none) up'),
  fastLane: flag,
};

/** A number per second, or a rate with its options. */
function rate(kinds: OptionKinds<RateOptions>): OptionKind {
  const isRate = kindOf(
    `a number from 0 (any) up, or an object with ${Object.keys(kinds).join(', ')}`,
    (value) => typeof value === 'number' || isObject(value),
  );
  const isRateOptions = group(kinds);
  return (name, value) => {
    isRate(name, value);
    if (typeof value === 'object') isRateOptions(name, value);
    resolveRate(name, value as number | RateOptions);
  };
}

/** RFC 6455 4.1: clients can only offer tokens. */
function isListOfTokens(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isToken(name));
}

/** A method that does not say it is asynchronous may still give a promise. */
function assertCodec(name: string, value: unknown): void {
  const problem = isObject(value) ? findProblem(value) : '';
  if (problem === undefined) return;
  throw new InvalidUse(
    `${name}: ${showGiven(value)} given${problem}; expected an object with decode and encode, ` +
      'neither of them async',
  );
}

function findProblem(codec: object): string | undefined {
  for (const method of ['decode', 'encode'] as const) {
    const { [method]: run } = codec as { readonly [Name in typeof method]?: unknown };
    if (typeof run !== 'function') return `, which has no method ${method}`;
    if (types.isAsyncFunction(run)) return `, whose ${method} is async`;
  }
  return undefined;
}
