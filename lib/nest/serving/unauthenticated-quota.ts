import { InvalidUse } from '../../protocol/invalid-use.js';
import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import { refuseForNow } from '../../server/upgrade/refuse-for-now.js';

/** A connection that may get a user. */
interface Visitor {
  readonly user: unknown;
}

/**
 * Counts those who are not known to be anybody: handshakes that are being decided, and live
 * connections that have no user yet.
 */
export class UnauthenticatedQuota {
  readonly #limit: number;
  readonly #visitors = new Set<Visitor>();
  #deciding = 0;

  /**
   * @param limit 0: none
   * @throws InvalidUse for a limit below 0, or NaN
   */
  constructor(limit: number) {
    if (!(limit >= 0)) {
      throw new InvalidUse(
        `maxUnauthenticated: ${limit} given; expected connections from 0 (no limit) up`,
      );
    }
    this.#limit = limit;
  }

  /** How to refuse one more handshake, if there is no place for it. */
  get refusal(): UpgradeRefusal | undefined {
    if (this.#limit === 0) return undefined;
    if (this.#count >= this.#limit) this.#forgetUsers();
    return this.#count >= this.#limit ? refuseForNow(503, 'too many handshakes') : undefined;
  }

  /** A handshake begins. */
  begin(): void {
    this.#deciding++;
  }

  /** It has been decided. */
  end(): void {
    this.#deciding--;
  }

  /** A connection is live; it counts until it has a user. */
  add(visitor: Visitor): void {
    if (this.#limit > 0 && !isUser(visitor)) this.#visitors.add(visitor);
  }

  /** A connection has closed. */
  delete(visitor: Visitor): void {
    this.#visitors.delete(visitor);
  }

  get #count(): number {
    return this.#deciding + this.#visitors.size;
  }

  /**
   * Stops counting connections that have logged in by a message since. Only done when places run
   * out: until then the count does not matter.
   */
  #forgetUsers(): void {
    for (const visitor of this.#visitors) if (isUser(visitor)) this.#visitors.delete(visitor);
  }
}

function isUser({ user }: Visitor): boolean {
  return user !== undefined && user !== null;
}
