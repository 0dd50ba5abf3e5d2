import type { Server } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import { InvalidUse } from '../../protocol/errors.js';
import { ConnectionQuota } from '../../server/connection-quota.js';
import { UpgradeBroker } from '../../server/upgrade-broker.js';
import { within } from '../deadlines.js';
import { ExceptionReporter } from '../errors/exception-reporter.js';
import type { Endpoint } from '../gateway/endpoint.js';
import { planEndpoints } from '../gateway/endpoint-planner.js';
import { GatewayExplorer } from '../gateway/gateway-explorer.js';
import { warnOfUnknownParams } from '../gateway/unknown-params.js';
import { LiveConnections } from '../push/live-connections.js';
import type { WsModuleOptions } from '../ws-module-options.js';
import { WS_OPTIONS } from '../ws-options.token.js';
import { WsServer } from '../ws-server.js';
import { type ClosingHttpAdapter, drainBeforeClose } from './drain-before-close.js';
import { GatewayUpgrades } from './gateway-upgrades.js';
import { readHttpPrototypes } from '../handshake/http-prototypes.js';
import { comparePaths } from './compare-paths.js';
import type { Mount } from './mount.js';
import { MountFactory } from './mount-factory.js';
import { UnauthenticatedQuota } from './unauthenticated-quota.js';

/** The part of Nest's HTTP adapter that is used here. */
interface HttpAdapter extends ClosingHttpAdapter {
  getHttpServer(): Server | undefined;
  getInstance(): unknown;
}

/** Brings the gateways up when the application boots and down when it closes. */
@Injectable()
export class GatewayOrchestrator implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #discovery: DiscoveryService;
  readonly #explorer: GatewayExplorer;
  readonly #mounts: MountFactory;
  readonly #live: LiveConnections;
  readonly #server: WsServer;
  readonly #reporter: ExceptionReporter;
  readonly #adapterHost: HttpAdapterHost;
  readonly #options: WsModuleOptions;
  readonly #logger = new Logger('WsGateways');
  #upgrades: GatewayUpgrades | undefined;
  #drained: Promise<void> | undefined;

  constructor(
    discovery: DiscoveryService,
    explorer: GatewayExplorer,
    mounts: MountFactory,
    live: LiveConnections,
    server: WsServer,
    reporter: ExceptionReporter,
    adapterHost: HttpAdapterHost,
    @Inject(WS_OPTIONS) options: WsModuleOptions,
  ) {
    this.#discovery = discovery;
    this.#explorer = explorer;
    this.#mounts = mounts;
    this.#live = live;
    this.#server = server;
    this.#reporter = reporter;
    this.#adapterHost = adapterHost;
    this.#options = options;
  }

  /** Finds and compiles all gateways and joins the HTTP server. @throws InvalidUse for a mistake. */
  onApplicationBootstrap(): void {
    this.#assertAlone();
    const endpoints = planEndpoints(this.#explorer.explore(), this.#options);
    const mounts = this.#mounts.createAll(endpoints);
    const adapter = this.#adapterHost.httpAdapter as HttpAdapter | undefined;
    const httpServer = adapter?.getHttpServer();
    if (adapter === undefined || httpServer === undefined) return;
    const upgrades = this.#createUpgrades(adapter);
    for (const mount of mounts.toSorted(compareMounts)) upgrades.mount(mount);
    for (const endpoint of endpoints) {
      this.#logMapped(endpoint);
      warnOfUnknownParams(endpoint, this.#logger);
    }
    this.#join(upgrades, httpServer);
    drainBeforeClose(adapter, () => this.#drain());
  }

  /** Nest 11 has nothing earlier than this hook. */
  onModuleDestroy(): Promise<void> {
    return this.#drain();
  }

  /** Each import with options of its own would serve every gateway. */
  #assertAlone(): void {
    const providers = this.#discovery.getProviders();
    if (providers.filter(({ token }) => token === GatewayOrchestrator).length === 1) return;
    throw new InvalidUse(
      'WsModule.forRoot() is imported more than once; import it once, in the root module: it is global',
    );
  }

  #createUpgrades(adapter: HttpAdapter): GatewayUpgrades {
    const { maxConnections = 0, maxConnectionsPerIp = 0, maxUnauthenticated = 0 } = this.#options;
    return new GatewayUpgrades({
      live: this.#live,
      reporter: this.#reporter,
      quota: new ConnectionQuota({ total: maxConnections, perAddress: maxConnectionsPerIp }),
      unauthenticated: new UnauthenticatedQuota(maxUnauthenticated),
      prototypes: readHttpPrototypes(adapter.getInstance()),
    });
  }

  #join(upgrades: GatewayUpgrades, httpServer: Server): void {
    const broker = UpgradeBroker.of(httpServer);
    for (const path of upgrades.paths) assertFree(broker, path);
    broker.join(upgrades);
    // Not before: without a listener for them, Node answers upgrades as plain requests and keeps them alive.
    httpServer.once('close', () => broker.leave(upgrades));
    this.#upgrades = upgrades;
  }

  #drain(): Promise<void> {
    this.#drained ??= this.#drainOnce();
    return this.#drained;
  }

  async #drainOnce(): Promise<void> {
    await this.#server.drain();
    const upgrades = this.#upgrades;
    if (upgrades && !(await within(upgrades.closeTimeout, upgrades.whenClosed()))) {
      this.#logger.error('close hooks did not finish within closeTimeout');
    }
    this.#reporter.flush();
  }

  #logMapped({ path, gateways }: Endpoint): void {
    for (const { classRef, handlers } of gateways) {
      // One that only pushes is served too.
      if (handlers.length === 0) this.#logger.log(`Mapped {${path}} to ${classRef.name}`);
      for (const { type, methodName } of handlers) {
        this.#logger.log(`Mapped {${path}, ${type}} to ${classRef.name}.${methodName}`);
      }
    }
  }
}

function compareMounts(one: Mount, other: Mount): number {
  return comparePaths(one.gateway.path, other.gateway.path);
}

function assertFree(broker: UpgradeBroker, path: string): void {
  if (!broker.isServed(path)) return;
  throw new InvalidUse(
    `@WsGateway('${path}'): a @WebSocketGateway or WebSocketServer of the same HTTP server has this path; give one of them another`,
  );
}
