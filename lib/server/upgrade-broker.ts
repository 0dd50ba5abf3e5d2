import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { destroyOnError, stopDestroyingOnError } from './destroy-on-error.js';
import { refusePlainly } from './refuse-plainly.js';

/**
 * A party that answers upgrades of an HTTP server: a WebSocketServer, or all gateways of an
 * application.
 */
export interface UpgradeParty {
  /** Whether the request is this party's to answer. */
  claims(request: IncomingMessage): boolean;
  /** Answers it, now or later; the party owns the transport from here on. */
  handle(request: IncomingMessage, transport: Duplex, head: Buffer): void;
  /** Whether this very path, or pattern of paths, is one of the party's. */
  serves(path: string): boolean;
}

/** The property of an HTTP server that holds its broker. */
const BROKER = Symbol('nestjs-wsgate.upgrade-broker');

interface Brokered {
  [BROKER]?: UpgradeBroker;
}

/** Milliseconds that other listeners have to answer an upgrade that none of our parties claims. */
const OTHERS_DEADLINE = 10_000;

/**
 * The only `upgrade` listener of this package on an HTTP server. It knows every party there: so a
 * path that nobody claims is answered with 404 instead of never, and no party destroys another's
 * upgrades.
 */
export class UpgradeBroker {
  readonly #server: Server;
  readonly #parties = new Set<UpgradeParty>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The broker of a server; the first call makes it. */
  static of(server: Server): UpgradeBroker {
    const brokered = server as Brokered;
    return (brokered[BROKER] ??= new UpgradeBroker(server));
  }

  /** Adds a party; parties are asked in the order they joined. */
  join(party: UpgradeParty): void {
    if (this.#parties.size === 0) this.#server.on('upgrade', this.#onUpgrade);
    this.#parties.add(party);
  }

  /** Whether a party has this very path already: a second one would never get an upgrade. */
  isServed(path: string): boolean {
    return Array.from(this.#parties).some((party) => party.serves(path));
  }

  leave(party: UpgradeParty): void {
    this.#parties.delete(party);
    if (this.#parties.size === 0) this.#server.off('upgrade', this.#onUpgrade);
  }

  readonly #onUpgrade = (request: IncomingMessage, transport: Duplex, head: Buffer): void => {
    for (const party of this.#parties) {
      if (!party.claims(request)) continue;
      party.handle(request, transport, head);
      return;
    }
    // Node removed its own error listener for the upgrade, and other listeners may never add one.
    destroyOnError(transport);
    if (this.#server.listenerCount('upgrade') === 1) refuseUnclaimed(transport);
    else refuseIfUnanswered(transport);
  };
}

function refuseUnclaimed(transport: Duplex): void {
  refusePlainly(transport, 404, 'no WebSocket here');
}

/** Another listener may know the path. Whether it has answered shows in the bytes written since. */
function refuseIfUnanswered(transport: Duplex & { readonly bytesWritten?: number }): void {
  const { bytesWritten } = transport;
  if (bytesWritten === undefined) return;
  const timer = setTimeout(() => {
    if (transport.bytesWritten === bytesWritten) refuseUnclaimed(transport);
    else stopDestroyingOnError(transport);
  }, OTHERS_DEADLINE);
  transport.once('close', () => clearTimeout(timer));
}
