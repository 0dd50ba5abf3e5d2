import type { Duplex } from 'node:stream';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import { networkOf } from './network-of.js';
import { refuseForNow } from '../upgrade/refuse-for-now.js';

/** How many connections there may be; 0: no limit. */
export interface ConnectionLimits {
  readonly total: number;
  /** For one address, or network of addresses: see {@link networkOf}. */
  readonly perAddress: number;
}

/** How many places one network has taken. */
interface Network {
  readonly name: string;
  taken: number;
}

/**
 * Counts connections, in all and by network, from the moment their upgrade request was found legal.
 */
export class ConnectionQuota {
  readonly #limits: ConnectionLimits;
  readonly #networks = new Map<string, Network>();
  /** The network each transport has taken a place of. */
  readonly #holders = new Map<Duplex, Network>();
  /** Transports that keep their place even when they have closed, because work goes on for them. */
  readonly #working = new Set<Duplex>();
  /**
   * One listener for all transports: a closure, a promise and a `once` each were
   * 0.4 KiB of a connection.
   */
  readonly #onClose: (this: Duplex) => void;

  /** @throws InvalidUse for invalid limits */
  constructor(limits: ConnectionLimits) {
    assertLimit('maxConnections', limits.total);
    assertLimit('maxConnectionsPerIp', limits.perAddress);
    this.#limits = limits;
    const giveBack = (transport: Duplex): void => this.#giveBack(transport);
    this.#onClose = function onClose() {
      giveBack(this);
    };
  }

  /** How many networks hold connections. */
  get networkCount(): number {
    return this.#networks.size;
  }

  /** There is no limit: nothing needs to be counted. */
  get isUnlimited(): boolean {
    return this.#limits.total === 0 && this.#limits.perAddress === 0;
  }

  /** Takes a place until the transport has closed. If there is none, returns how to refuse. */
  takePlace(address: string, transport: Duplex): UpgradeRefusal | undefined {
    if (this.isUnlimited) return undefined;
    const { total, perAddress } = this.#limits;
    const name = networkOf(address);
    const network = this.#networks.get(name) ?? { name, taken: 0 };
    if (total > 0 && this.#holders.size >= total) return refuseForNow(503, 'too many connections');
    if (perAddress > 0 && network.taken >= perAddress) {
      return refuseForNow(429, 'too many connections');
    }
    network.taken++;
    this.#networks.set(name, network);
    this.#holders.set(transport, network);
    transport.on('close', this.#onClose);
    return undefined;
  }

  /**
   * Keeps the place of a transport until `work` has settled, even if the transport closes before: a
   * guard that runs on for a client that went away costs as much as any other. `work` never
   * rejects.
   */
  keepPlaceDuring(work: Promise<void>, transport: Duplex): void {
    if (this.isUnlimited) return;
    this.#working.add(transport);
    void work.then(() => {
      this.#working.delete(transport);
      if (transport.closed) this.#giveBack(transport);
    });
  }

  #giveBack(transport: Duplex): void {
    const network = this.#holders.get(transport);
    if (network === undefined || this.#working.has(transport)) return;
    this.#holders.delete(transport);
    network.taken--;
    if (network.taken === 0) this.#networks.delete(network.name);
  }
}

function assertLimit(name: string, value: number): void {
  if (value >= 0) return;
  throw new InvalidUse(`${name}: ${value} given; expected connections from 0 (no limit) up`);
}
