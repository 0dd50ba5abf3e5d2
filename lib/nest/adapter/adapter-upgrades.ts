import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionQuota } from '../../server/connection-quota.js';
import { destroyOnError } from '../../server/destroy-on-error.js';
import type { PathMatch } from '../../server/path-router.js';
import { SHUTTING_DOWN } from '../../server/refuse-for-now.js';
import { refusePlainly } from '../../server/refuse-plainly.js';
import { refuseUpgrade } from '../../server/refuse-upgrade.js';
import { readRequestTarget } from '../../server/request-target.js';
import type { UpgradeHandler } from '../../server/upgrade-broker.js';
import { isOriginAllowed } from '../handshake/check-origin.js';
import { readIp } from '../handshake/forwarded.js';
import { extendRequest } from '../handshake/upgrade-request.js';
import type { GatewayServer } from './gateway-server.js';
import { PathTable } from './path-table.js';

/** The adapter's gateways of one HTTP server: answers the upgrades of their paths. */
export class AdapterUpgrades implements UpgradeHandler {
  readonly paths = new PathTable<GatewayServer>();
  readonly #quota: ConnectionQuota;
  readonly #onOriginRefused: (origin: string, path: string) => void;

  /** @param onOriginRefused told of pages that may not connect */
  constructor(quota: ConnectionQuota, onOriginRefused: (origin: string, path: string) => void) {
    this.#quota = quota;
    this.#onOriginRefused = onOriginRefused;
  }

  claims(request: IncomingMessage): boolean {
    return this.#find(request) !== undefined;
  }

  handle(request: IncomingMessage, transport: Duplex, head: Buffer): void {
    destroyOnError(transport);
    const found = this.#find(request);
    if (found === undefined) return refusePlainly(transport, 404, 'no WebSocket here');
    const { value: server, params } = found;
    if (server.isDraining) return refuseUpgrade(transport, SHUTTING_DOWN);
    if (!isOriginAllowed(request, server.options)) {
      // Without the query, which may hold a token.
      const path = readRequestTarget(request.url)?.path ?? '';
      this.#onOriginRefused(request.headers.origin ?? '', path);
      return refusePlainly(transport, 403, 'Origin refused');
    }
    const ip = readIp(request, server.options.trustProxy);
    const refusal = this.#quota.takePlace(ip, transport);
    if (refusal !== undefined) return refuseUpgrade(transport, refusal);
    const facts = { params, trustProxy: server.options.trustProxy, isRecheck: false };
    server.accept(extendRequest(request, facts), transport, head);
  }

  serves(path: string): boolean {
    return this.paths.get(path) !== undefined;
  }

  #find(request: IncomingMessage): PathMatch<GatewayServer> | undefined {
    const target = readRequestTarget(request.url);
    return target && this.paths.find(target.path);
  }
}
