import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { destroyOnError } from './destroy-on-error.js';
import { isOpeningHandshake, ignoreUpgrade, ignoreUpgrades } from './ignore-upgrade.js';
import { isAnswerDue } from './is-answer-due.js';
import { isTaken } from './is-taken.js';
import { refusePlainly } from './refuse-upgrade.js';

/**
 * Answers upgrades of an HTTP server: a WebSocketServer does, and all gateways of an application
 * together.
 */
export interface UpgradeHandler {
  /** Whether the request is this handler's to answer. */
  claims(request: IncomingMessage): boolean;
  /** Answers it, now or later; the handler owns the transport from here on. */
  handle(request: IncomingMessage, transport: Duplex, head: Buffer): void;
  /** Another listener has taken a request that is this handler's: it is not given to `handle`. */
  onTaken(request: IncomingMessage): void;
  /** Hears that no handler claimed it, nor any other listener, and that the answer is 404. */
  noteUnclaimed?(request: IncomingMessage): void;
  /** Whether this very path, or pattern of paths, is one of the handler's. */
  serves(path: string): boolean;
}

/** The property of an HTTP server that holds its broker. */
const BROKER = Symbol('nestjs-wsgate.upgrade-broker');

interface Brokered {
  [BROKER]?: UpgradeBroker;
}

/** Milliseconds that other listeners have to answer an upgrade that none of our handlers claims. */
const OTHERS_DEADLINE = 10_000;

/**
 * The only `upgrade` listener of this package on an HTTP server. It knows every handler there: so
 * a path that nobody claims is answered with 404 instead of never, and no handler destroys another's
 * upgrades. Requests for another protocol, which many HTTP clients would like (`h2c`), stay requests.
 */
export class UpgradeBroker {
  readonly #server: Server;
  readonly #handlers = new Set<UpgradeHandler>();

  private constructor(server: Server) {
    this.#server = server;
    ignoreUpgrades(server, (request) => this.#mayIgnore(request));
  }

  /** The broker of a server; the first call makes it. */
  static of(server: Server): UpgradeBroker {
    const brokered = server as Brokered;
    return (brokered[BROKER] ??= new UpgradeBroker(server));
  }

  /** Adds a handler; handlers are asked in the order they joined. */
  join(handler: UpgradeHandler): void {
    // First, so that handlers see what other listeners do.
    if (this.#handlers.size === 0) this.#server.prependListener('upgrade', this.#onUpgrade);
    this.#handlers.add(handler);
  }

  /** Whether a handler has this very path already: a second one would never get an upgrade. */
  isServed(path: string): boolean {
    return Array.from(this.#handlers).some((handler) => handler.serves(path));
  }

  leave(handler: UpgradeHandler): void {
    this.#handlers.delete(handler);
    if (this.#handlers.size === 0) this.#server.off('upgrade', this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, transport: Duplex, head: Buffer): void => {
    // Nobody can answer an upgrade out of turn, whosever it is.
    if (isAnswerDue(transport)) return void transport.destroy();
    if (this.#mayIgnore(request)) return ignoreUpgrade(this.#server, request, transport, head);
    const handler = this.#claimant(request);
    if (handler !== undefined) {
      if (this.#isAlone) handler.handle(request, transport, head);
      else handUnlessTaken(handler, request, transport, head);
    } else {
      // Node removed its own error listener for the upgrade, and other listeners may never add one.
      destroyOnError(transport);
      const refuse = (): void => this.#refuseUnclaimed(request, transport);
      if (this.#isAlone) refuse();
      else refuseIfUnanswered(transport, refuse);
    }
  };

  #refuseUnclaimed(request: IncomingMessage, transport: Duplex): void {
    refusePlainly(transport, 404, 'no WebSocket here');
    for (const handler of this.#handlers) handler.noteUnclaimed?.(request);
  }

  /** Nobody here speaks any other protocol than WebSocket: HTTP goes on, on the handlers' paths too. */
  #mayIgnore(request: IncomingMessage): boolean {
    return this.#isAlone && !isOpeningHandshake(request);
  }

  #claimant(request: IncomingMessage): UpgradeHandler | undefined {
    return Array.from(this.#handlers).find((handler) => handler.claims(request));
  }

  /** No other listener might answer. */
  get #isAlone(): boolean {
    return this.#handlers.size > 0 && this.#server.listenerCount('upgrade') === 1;
  }
}

/** Other listeners should leave it alone, but two answers on one connection help nobody. */
function handUnlessTaken(
  handler: UpgradeHandler,
  request: IncomingMessage,
  transport: Duplex,
  head: Buffer,
): void {
  destroyOnError(transport);
  // Every listener for the upgrade has been called when this runs.
  queueMicrotask(() => {
    if (isTaken(transport)) handler.onTaken(request);
    else handler.handle(request, transport, head);
  });
}

/** Another listener may know the path. Whether it has answered shows in the bytes written since. */
function refuseIfUnanswered(
  transport: Duplex & { readonly bytesWritten?: number },
  refuse: () => void,
): void {
  const { bytesWritten } = transport;
  if (bytesWritten === undefined) return;
  const timer = setTimeout(() => {
    if (transport.bytesWritten === bytesWritten) refuse();
  }, OTHERS_DEADLINE);
  transport.once('close', () => clearTimeout(timer));
}
