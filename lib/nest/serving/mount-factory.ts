import { Inject, Injectable } from '@nestjs/common';
import { WSGATE_CLOSE_CODE } from '../../protocol/wsgate/close-codes.js';
import type { WsCodec } from '../../protocol/wsgate/codec.js';
import { jsonCodec } from '../../protocol/wsgate/json-codec.js';
import { Acceptor } from '../../server/handshake/acceptor.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import { PathReporter } from '../errors/path-reporter.js';
import type { GatewayEndpoint } from '../gateway/gateway-endpoint.js';
import { GatewayCompiler } from '../gateway/gateway-compiler.js';
import { HandshakeFactory } from '../handshake/handshake-factory.js';
import { LiveConnections } from '../push/live-connections.js';
import { PathRecheck } from '../recheck/path-recheck.js';
import { isRecheckOn } from '../options/recheck-options.js';
import { loadMsgpackr } from '../session/codec/load-msgpackr.js';
import { createMsgpackCodec } from '../session/codec/msgpack-codec.js';
import type { WsModuleOptions } from '../options/ws-module-options.js';
import { WS_OPTIONS } from '../options/ws-options.token.js';
import type { Mount } from './mount.js';
import { Subprotocols } from './subprotocols.js';

/** Makes what answers upgrades of a path. */
@Injectable()
export class MountFactory {
  readonly #compiler: GatewayCompiler;
  readonly #handshakes: HandshakeFactory;
  readonly #live: LiveConnections;
  readonly #reporter: ExceptionReporter;
  readonly #options: WsModuleOptions;

  constructor(
    compiler: GatewayCompiler,
    handshakes: HandshakeFactory,
    live: LiveConnections,
    reporter: ExceptionReporter,
    @Inject(WS_OPTIONS) options: WsModuleOptions,
  ) {
    this.#compiler = compiler;
    this.#handshakes = handshakes;
    this.#live = live;
    this.#reporter = reporter;
    this.#options = options;
  }

  /** Compiles endpoints. @throws InvalidUse (it rejects) for an option the engine cannot use. */
  async createAll(endpoints: readonly GatewayEndpoint[]): Promise<readonly Mount[]> {
    const msgpackr = await loadMsgpackr();
    const codecs = msgpackr ? [jsonCodec, createMsgpackCodec(msgpackr)] : [jsonCodec];
    return endpoints.map((endpoint) => this.#create(endpoint, codecs));
  }

  #create(endpoint: GatewayEndpoint, builtIn: readonly WsCodec[]): Mount {
    const { codec, protocols } = endpoint.options;
    const { fastLane } = this.#options;
    const messageTimeoutCode = WSGATE_CLOSE_CODE.TOO_SLOW;
    const handshake = this.#handshakes.create(endpoint);
    return {
      gateway: this.#compiler.compile(endpoint),
      handshake,
      reporter: new PathReporter(this.#reporter, endpoint.path),
      recheck: isRecheckOn(endpoint.options.recheck)
        ? new PathRecheck(endpoint, handshake)
        : undefined,
      acceptor: new Acceptor(
        { ...endpoint.options, fastLane, messageTimeoutCode },
        this.#live.memory,
      ),
      subprotocols: new Subprotocols(codec, builtIn, protocols),
    };
  }
}
