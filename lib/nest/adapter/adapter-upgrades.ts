import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeRefusal } from '../../protocol/handshake/upgrade-refusal.js';
import type { ConnectionQuota } from '../../server/limits/connection-quota.js';
import { destroyOnError } from '../../server/upgrade/destroy-on-error.js';
import type { PathMatch } from '../../server/path/path-router.js';
import { SHUTTING_DOWN } from '../../server/upgrade/refuse-for-now.js';
import { refusePlainly, refuseUpgrade } from '../../server/upgrade/refuse-upgrade.js';
import { readRequestTarget } from '../../server/path/request-target.js';
import type { UpgradeHandler } from '../../server/upgrade/upgrade-broker.js';
import { isOriginAllowed } from '../handshake/check-origin.js';
import { readIp } from '../handshake/forwarded.js';
import { extendRequest } from '../handshake/upgrade-request.js';
import type { GatewayServer } from './gateway-server.js';
import { PathTable } from './path-table.js';

/** Is told of upgrades that are refused, for the log. */
export interface RefusalListener {
  /** Of a page that may not connect. The path comes without its query, which may hold a token. */
  onOriginRefused(origin: string, path: string): void;
  /** Since a limit was reached. */
  onFull(refusal: UpgradeRefusal): void;
}

/** The adapter's gateways of one HTTP server: answers the upgrades of their paths. */
export class AdapterUpgrades implements UpgradeHandler {
  readonly paths = new PathTable<GatewayServer>();
  readonly #quota: ConnectionQuota;
  readonly #listener: RefusalListener;

  constructor(quota: ConnectionQuota, listener: RefusalListener) {
    this.#quota = quota;
    this.#listener = listener;
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
      const path = readRequestTarget(request.url)?.path ?? '';
      this.#listener.onOriginRefused(request.headers.origin ?? '', path);
      return refusePlainly(transport, 403, 'Origin refused');
    }
    const ip = readIp(request, server.options.trustProxy);
    const refusal = this.#quota.takePlace(ip, transport);
    if (refusal !== undefined) {
      this.#listener.onFull(refusal);
      return refuseUpgrade(transport, refusal);
    }
    const facts = { params, trustProxy: server.options.trustProxy, isRecheck: false };
    server.accept(extendRequest(request, facts), transport, head);
  }

  onTaken(request: IncomingMessage): void {
    this.#find(request)?.value.noteTaken();
  }

  serves(path: string): boolean {
    return this.paths.get(path) !== undefined;
  }

  #find(request: IncomingMessage): PathMatch<GatewayServer> | undefined {
    const target = readRequestTarget(request.url);
    return target && this.paths.find(target.path);
  }
}
