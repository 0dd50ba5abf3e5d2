import type { Server } from 'node:http';
import { createRefusingServer } from '../../server/refusing-server.js';
import { UpgradeBroker } from '../../server/upgrade-broker.js';
import { DEFAULT_HANDSHAKE_TIMEOUT } from '../../socket/socket-options.js';
import type { AdapterParty } from './adapter-party.js';

/** An HTTP server that listens for gateways alone. */
export class OwnPort {
  readonly party: AdapterParty;
  readonly #server: Server;

  /** Starts listening. What fails, an address in use, goes to `onError`. */
  constructor(
    port: number,
    host: string | undefined,
    party: AdapterParty,
    onError: (error: Error) => void,
  ) {
    this.party = party;
    this.#server = createRefusingServer(DEFAULT_HANDSHAKE_TIMEOUT);
    this.#server.on('error', onError);
    UpgradeBroker.of(this.#server).join(party);
    this.#server.listen({ port, host });
  }

  /** Stops listening and ends connections that are no WebSockets yet. */
  async close(): Promise<void> {
    UpgradeBroker.of(this.#server).leave(this.party);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
