import type { Duplex } from 'node:stream';
import { InvalidUse } from '../protocol/errors.js';
import type { UpgradeRefusal } from '../protocol/handshake/upgrade-refusal.js';
import { networkOf } from './network-of.js';
import { refuseForNow } from './refuse-for-now.js';

/** How many connections there may be; 0 for no limit. */
export interface ConnectionLimits {
  readonly total: number;
  /** From one network, as {@link networkOf} has it. */
  readonly perAddress: number;
}

/** Counts connections, from the moment their request was found legal, in all and by network. */
export class ConnectionQuota {
  readonly #limits: ConnectionLimits;
  readonly #byNetwork = new Map<string, number>();
  #total = 0;

  /** @throws InvalidUse for limits that are none */
  constructor(limits: ConnectionLimits) {
    assertLimit('maxConnections', limits.total);
    assertLimit('maxConnectionsPerIp', limits.perAddress);
    this.#limits = limits;
  }

  /** How many networks hold connections. */
  get networkCount(): number {
    return this.#byNetwork.size;
  }

  /** Takes a place for as long as the transport lives; or says how to refuse, since there is none. */
  hold(address: string, transport: Duplex): UpgradeRefusal | undefined {
    const refusal = this.take(address);
    if (refusal === undefined) this.giveBackAfter(address, transport, Promise.resolve());
    return refusal;
  }

  /**
   * Gives a place back when the transport has closed and the work done for it has settled: a guard
   * that runs on for a client that went away costs what any other costs. `work` never rejects.
   */
  giveBackAfter(address: string, transport: Duplex, work: Promise<void>): void {
    if (this.isUnlimited) return;
    transport.once('close', () => void work.then(() => this.giveBack(address)));
  }

  /** Takes a place, which must be given back; or says how to refuse, since there is none. */
  take(address: string): UpgradeRefusal | undefined {
    if (this.isUnlimited) return undefined;
    const { total, perAddress } = this.#limits;
    const network = networkOf(address);
    const taken = this.#byNetwork.get(network) ?? 0;
    if (total > 0 && this.#total >= total) return refuseForNow(503, 'too many connections');
    if (perAddress > 0 && taken >= perAddress) return refuseForNow(429, 'too many connections');
    this.#total++;
    this.#byNetwork.set(network, taken + 1);
    return undefined;
  }

  /** Gives a place back. */
  giveBack(address: string): void {
    const network = networkOf(address);
    const taken = this.#byNetwork.get(network) ?? 0;
    this.#total--;
    if (taken > 1) this.#byNetwork.set(network, taken - 1);
    else this.#byNetwork.delete(network);
  }

  /** There is no limit: nothing needs to be counted. */
  get isUnlimited(): boolean {
    return this.#limits.total === 0 && this.#limits.perAddress === 0;
  }
}

function assertLimit(name: string, value: number): void {
  if (value >= 0) return;
  throw new InvalidUse(`${name}: ${value} given; expected connections from 0 (no limit) up`);
}
