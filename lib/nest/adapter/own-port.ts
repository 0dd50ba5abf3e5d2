import type { Server } from 'node:http';
import { createRefusingServer } from '../../server/upgrade/refusing-server.js';
import { UpgradeBroker } from '../../server/upgrade/upgrade-broker.js';
import { DEFAULT_HANDSHAKE_TIMEOUT } from '../../socket/socket-options.js';
import type { AdapterUpgrades } from './adapter-upgrades.js';

/** An HTTP server that listens for gateways alone. */
export class OwnPort {
  readonly upgrades: AdapterUpgrades;
  readonly #server: Server;

  /** Starts listening. What fails, an address in use, goes to `onError`. */
  constructor(
    port: number,
    host: string | undefined,
    upgrades: AdapterUpgrades,
    onError: (error: Error) => void,
  ) {
    this.upgrades = upgrades;
    this.#server = createRefusingServer(DEFAULT_HANDSHAKE_TIMEOUT);
    this.#server.on('error', onError);
    UpgradeBroker.of(this.#server).join(upgrades);
    this.#server.listen({ port, host });
  }

  /** Stops listening and ends connections that are not WebSockets yet. */
  async close(): Promise<void> {
    UpgradeBroker.of(this.#server).leave(this.upgrades);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
