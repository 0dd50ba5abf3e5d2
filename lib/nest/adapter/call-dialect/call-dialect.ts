import type { AsyncLocalStorage } from 'node:async_hooks';
import type { WsMessageHandler } from '@nestjs/common';
import type { PreparedMessage } from '../../../protocol/message/prepared-message.js';
import { jsonCodec } from '../../../protocol/wsgate/json-codec.js';
import { WSGATE_V1 } from '../../../protocol/wsgate/subprotocols.js';
import type { WebSocketData } from '../../../socket/bytes.js';
import { WebSocket, type WebSocketSendOptions } from '../../../socket/web-socket.js';
import { toWireError } from '../../errors/wire-error.js';
import { describeHandshake } from '../../handshake/describe-handshake.js';
import type { UpgradeRequest } from '../../handshake/upgrade-request.js';
import type { LiveConnections } from '../../push/live-connections.js';
import { Session } from '../../session/session.js';
import type { SessionPort } from '../../session/session-port.js';
import type { SessionReporter } from '../../errors/session-reporter.js';
import type { WsDrainNotice } from '../../connection/ws-connection-link.js';
import type { ResolvedPathOptions } from '../adapter-options.js';
import { BridgedHandler } from './bridged-handler.js';
import { CallFailures, type CallRecord } from './call-failures.js';
import type { Dialect } from '../dialect.js';
import type { ExceptionWitness } from '../exception-witness.js';
import { readFailure } from './read-failure.js';
import { lastOfEach } from '../last-of-each.js';
import type { PushTranslator } from './push-translator.js';
import type { SendVerdict } from '../socket-owner.js';

const NO_OPTIONS: WebSocketSendOptions = Object.freeze({});

/** What a {@link CallDialect} is made of. */
export interface CallDialectSetup {
  readonly id: string;
  readonly request: UpgradeRequest;
  readonly options: ResolvedPathOptions;
  readonly reporter: SessionReporter;
  readonly live: LiveConnections;
  readonly calls: AsyncLocalStorage<CallRecord>;
  readonly translator: PushTranslator;
  readonly witness: ExceptionWitness;
}

/**
 * `wsgate.v1` on one connection to gateways that know nothing of it: calls with ids, correlated
 * replies and errors, streams with flow control. What they send by hand arrives as pushes.
 */
export class CallDialect implements Dialect {
  readonly #socket: WebSocket;
  readonly #setup: CallDialectSetup;
  readonly #session: Session;
  readonly #port: SessionPort;
  readonly #failures: CallFailures;
  readonly #handlers = new Map<string, BridgedHandler>();
  #isListening = false;

  constructor(socket: WebSocket, setup: CallDialectSetup) {
    const { id, request, options, reporter, live } = setup;
    this.#socket = socket;
    this.#setup = setup;
    this.#port = createPort(socket);
    this.#failures = new CallFailures(setup.calls, this, (error) => this.#sendError(error));
    const sessionSetup = {
      handshake: describeHandshake(id, request, WSGATE_V1),
      codec: jsonCodec,
      limits: options,
      reporter,
      live,
      // The adapter has called the gateways' `handleDisconnect`.
      onClose: () => undefined,
    };
    this.#session = new Session(sessionSetup, () => this.#port);
    socket.on('drain', () => this.#session.onDrain());
    socket.on('ping', () => this.#session.onPing());
    socket.on('pong', (payload) => this.#session.onPong(payload));
    socket.once('close', (code, reason) =>
      this.#session.onClose(code, reason, this.#socket.wasClean),
    );
  }

  bind(handlers: readonly WsMessageHandler[]): void {
    for (const [type, handler] of lastOfEach(handlers)) this.#handlerOf(type).add(handler);
    if (this.#isListening) return;
    this.#isListening = true;
    this.#socket.on('message', (data, isBinary) => this.#session.onMessage(data, isBinary));
  }

  open(): void {
    this.#session.open(this.#handlers);
  }

  beforeSend(message: WebSocketData | PreparedMessage): SendVerdict {
    const push = this.#setup.translator.translate(message);
    if (push === undefined) return 'send';
    if (push.type === 'exception') this.#noteFailure(push.data);
    else this.#session.push(push.type, push.encoded);
    return 'sent';
  }

  drain(notice: WsDrainNotice): Promise<void> {
    return this.#session.drain(notice);
  }

  #noteFailure(data: unknown): void {
    this.#failures.note(readFailure(data, this.#setup.witness.exception));
  }

  #handlerOf(type: string): BridgedHandler {
    const known = this.#handlers.get(type);
    if (known !== undefined) return known;
    const handler = new BridgedHandler(type, this.#failures, (event, data) =>
      this.#session.connection.send(event, data),
    );
    this.#handlers.set(type, handler);
    return handler;
  }

  #sendError(error: Error): void {
    this.#port.send(jsonCodec.encode({ op: 'error', error: toWireError(error) }));
  }
}

/** The socket under the session. Its own `send` is the gateways', and is translated. */
function createPort(socket: WebSocket): SessionPort {
  return {
    get readyState() {
      return socket.readyState;
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    get sentBytes() {
      return socket.sentBytes;
    },
    get shedsPushes() {
      return socket.shedsPushes;
    },
    context: socket.context,
    addHeldBytes: (difference) => socket.addHeldBytes(difference),
    send: (data) => WebSocket.prototype.send.call(socket, data, NO_OPTIONS),
    sendPrepared: (message) => WebSocket.prototype.sendPrepared.call(socket, message),
    flush: () => socket.flush(),
    ping: (payload) => socket.ping(Buffer.from(payload)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}
