/** Why a connection is one too many. */
export type QuotaBreach = 'total' | 'address';

/** Counts connections, from the first byte of their handshake on, in all and by address. */
export class ConnectionQuota {
  private readonly byAddress = new Map<string, number>();
  private total = 0;

  /** @param limits 0 for no limit. */
  constructor(private readonly limits: { readonly total: number; readonly perAddress: number }) {}

  /** How many addresses hold connections. */
  get addressCount(): number {
    return this.byAddress.size;
  }

  /** Takes a place, which must be given back; or says why there is none. */
  take(address: string): QuotaBreach | undefined {
    const { total, perAddress } = this.limits;
    const taken = this.byAddress.get(address) ?? 0;
    if (total > 0 && this.total >= total) return 'total';
    if (perAddress > 0 && taken >= perAddress) return 'address';
    this.total++;
    this.byAddress.set(address, taken + 1);
    return undefined;
  }

  /** Gives a place back. */
  giveBack(address: string): void {
    const taken = this.byAddress.get(address) ?? 0;
    this.total--;
    if (taken > 1) this.byAddress.set(address, taken - 1);
    else this.byAddress.delete(address);
  }
}
