import type { Duplex } from 'node:stream';
import { type EndpointLimits, resolveLimits } from '../protocol/endpoint-limits.js';
import { Endpoint } from '../protocol/endpoint.js';
import { chooseZlib } from '../protocol/extensions/permessage-deflate/choose-zlib.js';
import {
  assertDeflateOptions,
  type DeflateOptions,
} from '../protocol/extensions/permessage-deflate/deflate-options.js';
import { acceptDeflateOffer } from '../protocol/extensions/permessage-deflate/negotiation.js';
import { PerMessageDeflate } from '../protocol/extensions/permessage-deflate/permessage-deflate.js';
import { PooledZlib } from '../protocol/extensions/permessage-deflate/pooled-zlib.js';
import type { ZlibContexts } from '../protocol/extensions/permessage-deflate/zlib-context.js';
import type { UpgradeOffer } from '../protocol/handshake/upgrade-request.js';
import { writeUpgradeResponse } from '../protocol/handshake/upgrade-response.js';
import { createServerWorkspace, type Workspace } from '../protocol/workspace.js';
import type { ConnectionSettings } from '../socket/connection.js';
import { Heartbeat } from '../socket/heartbeat.js';
import { PushQueue } from '../socket/push-queue.js';
import { type Rate, type RateOptions, resolveRate } from '../socket/rate.js';
import { type FastLane, openFastLane } from '../socket/transport/fast-lane.js';
import {
  DEFAULT_CLOSE_TIMEOUT,
  deflateOptionsOf,
  durationOf,
  type SocketOptions,
} from '../socket/socket-options.js';

/** Options of every connection a server accepts. */
export interface AcceptorOptions extends SocketOptions {
  /** Milliseconds between pings of a quiet client; one that has not answered after half of them is terminated. 0: off. Default 30000. */
  readonly heartbeatInterval?: number;
  /** Pings and pongs a client may send in a second, or a rate with a burst; beyond it the connection is closed with 1008. Default 0: any number. */
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

/** Completes opening handshakes, and holds what the connections of one server share. */
export class Acceptor {
  readonly #limits: EndpointLimits;
  readonly #autoPong: boolean;
  readonly #closeTimeout: number;
  readonly #heartbeat: Heartbeat;
  readonly #workspace: Workspace = createServerWorkspace();
  readonly #fastLane: FastLane | undefined;
  readonly #controlRate: Rate | undefined;
  readonly #pushQueue = new PushQueue();
  readonly #deflateOptions: DeflateOptions | undefined;
  readonly #zlib: ZlibContexts | undefined;

  /** Throws {@link InvalidUse} naming the option that cannot be used. */
  constructor(options: AcceptorOptions) {
    this.#limits = resolveLimits(options);
    this.#autoPong = options.autoPong ?? true;
    this.#closeTimeout = durationOf('closeTimeout', options.closeTimeout, DEFAULT_CLOSE_TIMEOUT);
    this.#heartbeat = new Heartbeat(
      durationOf('heartbeatInterval', options.heartbeatInterval, DEFAULT_HEARTBEAT_INTERVAL),
    );
    this.#controlRate = resolveRate('controlFrameRate', options.controlFrameRate ?? 0);
    const { readBuffer } = this.#workspace;
    if (options.fastLane !== false && readBuffer) this.#fastLane = openFastLane(readBuffer);
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
    const extensions = deflate?.header ?? '';
    const response = writeUpgradeResponse({
      key: offer.key,
      protocol: accepted.protocol,
      extensions: deflate?.header,
      headers: accepted.headers,
    });
    transport.write(response);
    return {
      role: 'server',
      protocol: accepted.protocol ?? '',
      extensions,
      closeTimeout: this.#closeTimeout,
      heartbeat: this.#heartbeat,
      fastLane: this.#fastLane,
      controlRate: this.#controlRate,
      pushQueue: this.#pushQueue,
      endpoint: new Endpoint({
        role: 'server',
        limits: this.#limits,
        autoPong: this.#autoPong,
        deflate,
        workspace: this.#workspace,
      }),
    };
  }

  #negotiateDeflate(offer: UpgradeOffer): PerMessageDeflate | undefined {
    if (this.#deflateOptions === undefined || this.#zlib === undefined) return undefined;
    const agreement = acceptDeflateOffer(offer.extensions, this.#deflateOptions);
    return agreement && new PerMessageDeflate(agreement, this.#deflateOptions, this.#zlib);
  }
}
