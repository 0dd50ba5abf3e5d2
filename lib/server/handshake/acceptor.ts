import type { Duplex } from 'node:stream';
import { CLOSE_CODE, isCloseCode } from '../../protocol/closing/close-codes.js';
import { resolveLimits } from '../../protocol/endpoint-limits.js';
import type { EndpointOptions } from '../../protocol/endpoint-options.js';
import { Endpoint } from '../../protocol/endpoint.js';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { chooseZlib } from '../../protocol/extensions/permessage-deflate/choose-zlib.js';
import {
  assertDeflateOptions,
  type DeflateOptions,
} from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import {
  acceptDeflateOffer,
  type DeflateAgreement,
} from '../../protocol/extensions/permessage-deflate/negotiation.js';
import { PerMessageDeflate } from '../../protocol/extensions/permessage-deflate/permessage-deflate.js';
import { PooledZlib } from '../../protocol/extensions/permessage-deflate/pooled-zlib.js';
import type { ZlibContexts } from '../../protocol/extensions/permessage-deflate/zlib-context.js';
import type { UpgradeOffer } from '../../protocol/handshake/upgrade-request.js';
import { writeUpgradeResponse } from '../../protocol/handshake/upgrade-response.js';
import { createServerWorkspace } from '../../protocol/workspace.js';
import type { ConnectionSettings, SharedSettings } from '../../socket/connection-settings.js';
import { stopDestroyingOnError } from '../upgrade/destroy-on-error.js';
import { Heartbeat } from '../../socket/heartbeat.js';
import type { MemoryTracker } from '../../socket/memory-holder.js';
import { MessageWatch } from '../../socket/message-watch.js';
import { PushQueue } from '../../socket/push-queue.js';
import { type RateOptions, resolveRate } from '../../socket/rate.js';
import { ReadTurns } from '../../socket/read-turns.js';
import { RootContext } from '../../socket/root-context.js';
import { openFastLane } from '../../socket/transport/fast-lane.js';
import {
  DEFAULT_CLOSE_TIMEOUT,
  deflateOptionsOf,
  durationOf,
  type SocketOptions,
} from '../../socket/socket-options.js';

/** Options of every connection a server accepts. */
export interface AcceptorOptions extends SocketOptions {
  /**
   * Milliseconds between pings of a quiet client; if it stays silent for half of that after a ping,
   * it is terminated. 0: none. Default 30 000.
   */
  readonly heartbeatInterval?: number;
  /**
   * Milliseconds in which a message that has begun must end, or 16 KiB of it arrive; a client slower
   * than that is closed with `messageTimeoutCode`. 0: no limit. Default 30 000.
   */
  readonly messageTimeout?: number;
  /** The close code of a client that is too slow, where both ends have agreed on one. Default 1008. */
  readonly messageTimeoutCode?: number;
  /**
   * Pings and pongs a client may send in a second, or a rate with a burst; beyond it the connection
   * is closed with 1008. Default 0: any number.
   */
  readonly controlFrameRate?: number | RateOptions;
  /** Whether Node's internals may be used where a self-check finds them as expected. Default true. */
  readonly fastLane?: boolean;
}

/** What the application adds to the 101. */
export interface AcceptedWith {
  /** The subprotocol chosen, if any. */
  readonly protocol: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const DEFAULT_HEARTBEAT_INTERVAL = 30_000;

/** Milliseconds an incomplete message may make no progress. */
export const DEFAULT_MESSAGE_TIMEOUT = 30_000;

/** Completes opening handshakes, and holds what the connections of one server share. */
export class Acceptor {
  readonly #settings: SharedSettings;
  readonly #endpointOptions: EndpointOptions;
  readonly #deflateOptions: DeflateOptions | undefined;
  readonly #zlib: ZlibContexts | undefined;
  readonly #agreements = new Map<string, DeflateAgreement>();

  /**
   * `memory` keeps account of what the connections hold. Throws {@link InvalidUse} naming the
   * option that cannot be used.
   */
  constructor(options: AcceptorOptions, memory?: MemoryTracker) {
    const workspace = createServerWorkspace();
    this.#endpointOptions = {
      role: 'server',
      limits: resolveLimits(options),
      autoPong: options.autoPong ?? true,
      workspace,
    };
    this.#settings = { ...settingsOf(options, workspace.readBuffer), memory };
    this.#deflateOptions = deflateOptionsOf(options.perMessageDeflate, false);
    if (this.#deflateOptions === undefined) return;
    assertDeflateOptions(this.#deflateOptions);
    this.#zlib = new PooledZlib(chooseZlib(options.fastLane));
  }

  /**
   * Writes the 101 and settles how the connection works. Throws {@link InvalidUse}, with nothing
   * written, for a header that is not one line.
   */
  accept(transport: Duplex, offer: UpgradeOffer, accepted: AcceptedWith): ConnectionSettings {
    const deflate = this.#negotiateDeflate(offer);
    const response = writeUpgradeResponse({
      key: offer.key,
      protocol: accepted.protocol,
      extensions: deflate?.header,
      headers: accepted.headers,
    });
    transport.write(response);
    stopDestroyingOnError(transport);
    const options = this.#endpointOptions;
    return {
      protocol: accepted.protocol ?? '',
      shared: this.#settings,
      endpoint: new Endpoint(deflate === undefined ? options : { ...options, deflate }),
    };
  }

  #negotiateDeflate(offer: UpgradeOffer): PerMessageDeflate | undefined {
    if (this.#deflateOptions === undefined || this.#zlib === undefined) return undefined;
    const found = acceptDeflateOffer(offer.extensions, this.#deflateOptions);
    if (found === undefined) return undefined;
    // Only a few agreements are possible, so all connections share one object for each.
    const agreement = this.#agreements.get(found.header) ?? found;
    this.#agreements.set(agreement.header, agreement);
    return new PerMessageDeflate(agreement, this.#deflateOptions, this.#zlib);
  }
}

function settingsOf(options: AcceptorOptions, readBuffer: Buffer | undefined): SharedSettings {
  const { closeTimeout, heartbeatInterval, controlFrameRate = 0, fastLane = true } = options;
  return {
    role: 'server',
    closeTimeout: durationOf('closeTimeout', closeTimeout, DEFAULT_CLOSE_TIMEOUT),
    readTurns: new ReadTurns(),
    heartbeat: new Heartbeat(
      durationOf('heartbeatInterval', heartbeatInterval, DEFAULT_HEARTBEAT_INTERVAL),
    ),
    messageWatch: new MessageWatch(
      durationOf('messageTimeout', options.messageTimeout, DEFAULT_MESSAGE_TIMEOUT),
      closeCodeOf('messageTimeoutCode', options.messageTimeoutCode),
    ),
    controlRate: resolveRate('controlFrameRate', controlFrameRate),
    fastLane: fastLane && readBuffer ? openFastLane(readBuffer) : undefined,
    pushQueue: new PushQueue(),
    context: new RootContext(),
  };
}

function closeCodeOf(name: string, code: number = CLOSE_CODE.POLICY_VIOLATION): number {
  if (Number.isInteger(code) && isCloseCode(code)) return code;
  throw new InvalidUse(`${name}: ${code} given; expected a code that a Close frame may carry`);
}
