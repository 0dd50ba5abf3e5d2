import { Inject, Injectable } from '@nestjs/common';
import { ConnectionQuota } from '../../server/limits/connection-quota.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import type { GatewayEndpoint } from '../gateway/gateway-endpoint.js';
import { readHttpPrototypes } from '../handshake/http-prototypes.js';
import { LiveConnections } from '../push/live-connections.js';
import type { WsModuleOptions } from '../options/ws-module-options.js';
import { WS_OPTIONS } from '../options/ws-options.token.js';
import { comparePaths } from './compare-paths.js';
import { GatewayUpgrades } from './gateway-upgrades.js';
import type { Mount } from './mount.js';
import { MountFactory } from './mount-factory.js';
import { UnauthenticatedQuota } from './unauthenticated-quota.js';

/** Makes what answers the upgrades of an application. */
@Injectable()
export class GatewayUpgradesFactory {
  readonly #mounts: MountFactory;
  readonly #live: LiveConnections;
  readonly #reporter: ExceptionReporter;
  readonly #options: WsModuleOptions;

  constructor(
    mounts: MountFactory,
    live: LiveConnections,
    reporter: ExceptionReporter,
    @Inject(WS_OPTIONS) options: WsModuleOptions,
  ) {
    this.#mounts = mounts;
    this.#live = live;
    this.#reporter = reporter;
    this.#options = options;
  }

  /**
   * Mounts endpoints, those that say more about a URL first.
   *
   * @param framework the application of Express or Fastify that serves HTTP, if one does
   * @throws InvalidUse (it rejects) for an option the engine cannot use
   */
  async create(
    endpoints: readonly GatewayEndpoint[],
    framework: unknown,
  ): Promise<GatewayUpgrades> {
    const { maxConnections = 0, maxConnectionsPerIp = 0, maxUnauthenticated = 0 } = this.#options;
    const upgrades = new GatewayUpgrades({
      live: this.#live,
      reporter: this.#reporter,
      quota: new ConnectionQuota({ total: maxConnections, perAddress: maxConnectionsPerIp }),
      unauthenticated: new UnauthenticatedQuota(maxUnauthenticated),
      prototypes: readHttpPrototypes(framework),
    });
    const mounts = await this.#mounts.createAll(endpoints);
    for (const mount of mounts.toSorted(compareMounts)) upgrades.mount(mount);
    return upgrades;
  }
}

function compareMounts(one: Mount, other: Mount): number {
  return comparePaths(one.gateway.path, other.gateway.path);
}
