import type { Duplex } from 'node:stream';
import type { WsMessageHandler } from '@nestjs/common';
import type { PreparedMessage } from '../../protocol/message/prepared-message.js';
import type { WebSocketData } from '../../socket/bytes.js';
import type { WebSocket } from '../../socket/web-socket.js';
import { closeCodeOf } from '../errors/close-code.js';
import { withDeadline } from '../waiting/deadlines.js';
import { isThenable } from '../waiting/is-thenable.js';
import type { ConnectionReporter } from '../errors/connection-reporter.js';
import type { WsDrainNotice } from '../connection/ws-connection-link.js';
import type { Dialect } from './dialect.js';
import type { HookName, SendVerdict, SocketOwner } from './socket-owner.js';

/** What a {@link GatewayClient} is made of. */
export interface GatewayClientSetup {
  readonly transport: Duplex;
  readonly dialect: Dialect;
  /** Do messages wait for an asynchronous `handleConnection`? */
  readonly awaitConnection: boolean;
  /** Milliseconds they wait at most. */
  readonly openTimeout: number;
  /** Logs what a hook threw. */
  readonly reporter: ConnectionReporter;
  /** A `handleDisconnect` is running, which shutdown has to wait for. */
  readonly onLeaving: (hook: Promise<void>) => void;
}

/**
 * One client of the adapter's gateways: runs its hooks, and lets its messages through when they
 * have finished.
 */
export class GatewayClient implements SocketOwner {
  readonly socket: WebSocket;
  readonly #setup: GatewayClientSetup;
  readonly #opening: Promise<void>[] = [];
  #isRefused = false;

  get transport(): Duplex {
    return this.#setup.transport;
  }

  constructor(socket: WebSocket, setup: GatewayClientSetup) {
    this.socket = socket;
    this.#setup = setup;
  }

  runHook(name: HookName, run: () => unknown): void {
    let outcome: unknown;
    try {
      outcome = run();
    } catch (exception) {
      return this.#hookFailed(name, exception);
    }
    if (!isThenable(outcome)) return;
    const settled = Promise.resolve(outcome).then(
      () => undefined,
      (exception: unknown) => this.#hookFailed(name, exception),
    );
    if (name === 'handleConnection') this.#opening.push(settled);
    else this.#setup.onLeaving(settled);
  }

  bind(handlers: readonly WsMessageHandler[]): void {
    this.#setup.dialect.bind(handlers);
  }

  beforeSend(data: WebSocketData | PreparedMessage): SendVerdict {
    return this.#setup.dialect.beforeSend(data);
  }

  /** Nest has called `handleConnection` of every gateway. Asynchronous hooks may still be running. */
  onHooksCalled(): void {
    const { awaitConnection, openTimeout } = this.#setup;
    if (!awaitConnection || this.#opening.length === 0) return this.#open();
    const createError = (): Error => createTimeout(openTimeout);
    void withDeadline(openTimeout, Promise.all(this.#opening), createError).then(
      () => this.#open(),
      (exception: unknown) => this.#hookFailed('handleConnection', exception),
    );
  }

  drain(notice: WsDrainNotice): Promise<void> {
    return this.#setup.dialect.drain(notice);
  }

  #open(): void {
    if (!this.#isRefused) this.#setup.dialect.open();
  }

  #hookFailed(name: HookName, exception: unknown): void {
    const { reporter } = this.#setup;
    if (name === 'handleDisconnect') return reporter.reportUnsent(exception, name);
    reporter.reportOpening(exception, name);
    this.#isRefused = true;
    this.socket.close(closeCodeOf(exception));
  }
}

function createTimeout(openTimeout: number): Error {
  return new Error(`handleConnection did not finish within openTimeout, ${openTimeout} ms`);
}
