import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import { afterGone } from '../upgrade/after-gone.js';
import { refuseUpgrade } from '../upgrade/refuse-upgrade.js';
import { verifyClient, type VerifyClientOptions } from './verify-client.js';

/** The upgrades of one server that `verifyClient` has not decided about. */
export class UndecidedUpgrades {
  readonly #options: VerifyClientOptions;
  readonly #onError: (error: unknown) => void;
  readonly #transports = new Set<Duplex>();

  /** @param onError told what `verifyClient` throws */
  constructor(options: VerifyClientOptions, onError: (error: unknown) => void) {
    this.#options = options;
    this.#onError = onError;
  }

  /** Has one decided about. Calls `pass` when it may go on; one that may not has been answered. */
  decide(request: IncomingMessage, transport: Duplex, pass: () => void): void {
    const stop = this.#giveUpAfterEnd(transport);
    const forget = (): void => {
      stop?.();
      this.#transports.delete(transport);
    };
    this.#transports.add(transport);
    transport.once('close', forget);
    const onDecided = (refusal: UpgradeRefusal | undefined): void => {
      forget();
      transport.off('close', forget);
      if (refusal === undefined) pass();
      else refuseUpgrade(transport, refusal);
    };
    verifyClient(this.#options, request, onDecided, this.#onError);
  }

  /** Answers all of them now. What is decided about one later ends its connection, and no more. */
  refuseAll(refusal: UpgradeRefusal): void {
    for (const transport of this.#transports) refuseUpgrade(transport, refusal);
  }

  /** Where there is no deadline, the end of the client has to begin one. */
  #giveUpAfterEnd(transport: Duplex): (() => void) | undefined {
    if (this.#options.handshakeTimeout > 0) return undefined;
    return afterGone(transport, () => transport.destroy());
  }
}
