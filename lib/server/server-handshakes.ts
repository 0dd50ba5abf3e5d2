import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { isUpgradeRefusal, type UpgradeRefusal } from '../protocol/handshake/upgrade-refusal.js';
import { readUpgradeRequest, type UpgradeOffer } from '../protocol/handshake/upgrade-request.js';
import type { ConnectionSettings } from '../socket/connection-settings.js';
import { Acceptor } from './handshake/acceptor.js';
import { claimTransport } from './upgrade/claim-transport.js';
import { ConnectionQuota } from './limits/connection-quota.js';
import { destroyOnError } from './upgrade/destroy-on-error.js';
import { isAnswerDue } from './upgrade/is-answer-due.js';
import type { MemoryLedger } from './limits/memory-ledger.js';
import { readAddedHeaders } from './handshake/read-added-headers.js';
import { NO_MEMORY, SHUTTING_DOWN } from './upgrade/refuse-for-now.js';
import { refusePlainly, refuseUpgrade } from './upgrade/refuse-upgrade.js';
import type { ResolvedServerOptions } from './server-options.js';
import { UndecidedUpgrades } from './handshake/undecided-upgrades.js';
import type { WebSocketServerEventMap } from './web-socket-server-events.js';

/** The server that is asked which requests are its own, and emits the events of handshakes. */
export interface HandshakeOwner extends EventEmitter<WebSocketServerEventMap> {
  shouldHandle(request: IncomingMessage): boolean;
}

/**
 * The opening handshakes of one `WebSocketServer` (RFC 6455 4.2): checks each request against the
 * RFC, the limits and `verifyClient`, and answers it with the 101 or a refusal.
 */
export class ServerHandshakes {
  readonly #owner: HandshakeOwner;
  readonly #options: ResolvedServerOptions;
  readonly #memory: MemoryLedger;
  readonly #acceptor: Acceptor;
  readonly #quota: ConnectionQuota;
  readonly #undecided: UndecidedUpgrades;
  #isClosing = false;

  /** Throws {@link InvalidUse} for options that cannot be used. */
  constructor(owner: HandshakeOwner, options: ResolvedServerOptions, memory: MemoryLedger) {
    const { maxConnections = 0, maxConnectionsPerIp = 0 } = options;
    this.#owner = owner;
    this.#options = options;
    this.#memory = memory;
    this.#acceptor = new Acceptor(options, memory);
    this.#quota = new ConnectionQuota({ total: maxConnections, perAddress: maxConnectionsPerIp });
    this.#undecided = new UndecidedUpgrades(options, (error) => this.#report(error));
  }

  /**
   * Answers a request, now or when `verifyClient` has decided. Calls `onAccepted` once the 101 is
   * written. Throws {@link InvalidUse} for a transport that was given before.
   */
  answer(
    request: IncomingMessage,
    transport: Duplex,
    onAccepted: (settings: ConnectionSettings) => void,
  ): void {
    claimTransport(transport);
    destroyOnError(transport);
    // Its `close` event has been emitted already, so a place it took now would never be given back.
    if (transport.destroyed) return;
    if (isAnswerDue(transport)) return void transport.destroy();
    const offer = readUpgradeRequest(request);
    if (isUpgradeRefusal(offer)) {
      this.#rejectIllegal(request, transport, offer);
    } else if (!this.#owner.shouldHandle(request)) {
      refusePlainly(transport, 404, 'no WebSocket here');
    } else if (this.#takePlace(request, transport)) {
      this.#undecided.decide(request, transport, () => {
        const settings = this.#accept(request, offer, transport);
        if (settings !== undefined) onAccepted(settings);
      });
    }
  }

  /** The server closes: a request that is let through from now on is refused. */
  refuseFromNowOn(): void {
    this.#isClosing = true;
  }

  /** Refuses at once what `verifyClient` has not decided about. */
  refuseUndecided(): void {
    this.#undecided.refuseAll(SHUTTING_DOWN);
  }

  #rejectIllegal(request: IncomingMessage, transport: Duplex, refusal: UpgradeRefusal): void {
    if (this.#owner.listenerCount('wsClientError') > 0) {
      this.#owner.emit('wsClientError', new Error(refusal.reason), transport, request);
    } else refuseUpgrade(transport, refusal);
  }

  /**
   * Takes a place for one more connection until its transport has closed. If there is none, refuses
   * the request and returns false.
   */
  #takePlace(request: IncomingMessage, transport: Duplex): boolean {
    const refusal = this.#memory.refusesUpgrades ? NO_MEMORY : this.#count(request, transport);
    if (refusal !== undefined) refuseUpgrade(transport, refusal);
    return refusal === undefined;
  }

  /**
   * Reads the address only if it is counted: Node caches it once it was read, which is 90 bytes of
   * an idle connection.
   */
  #count(request: IncomingMessage, transport: Duplex): UpgradeRefusal | undefined {
    if (this.#quota.isUnlimited) return undefined;
    return this.#quota.takePlace(request.socket.remoteAddress ?? '', transport);
  }

  /** Writes the 101. Returns undefined if the request has been refused instead. */
  #accept(
    request: IncomingMessage,
    offer: UpgradeOffer,
    transport: Duplex,
  ): ConnectionSettings | undefined {
    if (this.#isClosing) {
      refuseUpgrade(transport, SHUTTING_DOWN);
      return undefined;
    }
    if (!transport.readable || !transport.writable) {
      transport.destroy();
      return undefined;
    }
    return this.#writeResponse(request, offer, transport);
  }

  /**
   * Writes the 101 with what the application adds to it. If the application throws, the request is
   * refused, and `error` is emitted.
   */
  #writeResponse(
    request: IncomingMessage,
    offer: UpgradeOffer,
    transport: Duplex,
  ): ConnectionSettings | undefined {
    try {
      const protocol = this.#chooseProtocol(offer, request);
      const lines: string[] = [];
      this.#owner.emit('headers', lines, request);
      const headers = readAddedHeaders(lines);
      return this.#acceptor.accept(transport, offer, { protocol, headers });
    } catch (error) {
      refusePlainly(transport, 500, 'the handshake could not be answered');
      this.#report(error);
      return undefined;
    }
  }

  #chooseProtocol(offer: UpgradeOffer, request: IncomingMessage): string | undefined {
    if (offer.protocols.length === 0) return undefined;
    const { handleProtocols } = this.#options;
    if (handleProtocols === undefined) return offer.protocols[0];
    return handleProtocols(new Set(offer.protocols), request) || undefined;
  }

  /**
   * Emits what the application threw as `error`. If nobody listens, it is dropped: an emitter would
   * throw it.
   */
  #report(error: unknown): void {
    if (this.#owner.listenerCount('error') > 0) this.#owner.emit('error', error as Error);
  }
}
