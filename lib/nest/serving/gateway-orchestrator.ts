import type { Server } from 'node:http';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { UpgradeBroker } from '../../server/upgrade/upgrade-broker.js';
import type { GatewayEndpoint } from '../gateway/gateway-endpoint.js';
import { planEndpoints } from '../gateway/plan-endpoints.js';
import { GatewayExplorer } from '../gateway/gateway-explorer.js';
import { warnOfUnknownParams } from '../gateway/warn-of-unknown-params.js';
import type { WsModuleOptions } from '../options/ws-module-options.js';
import { WS_OPTIONS } from '../options/ws-options.token.js';
import { type ClosingHttpAdapter, drainBeforeClose } from './drain-before-close.js';
import type { GatewayUpgrades } from './gateway-upgrades.js';
import { GatewayUpgradesFactory } from './gateway-upgrades-factory.js';

/** The part of Nest's HTTP adapter that is used here. */
interface HttpAdapter extends ClosingHttpAdapter {
  getHttpServer(): Server | undefined;
  getInstance(): unknown;
}

/** Brings the gateways up when the application boots and down when it closes. */
@Injectable()
export class GatewayOrchestrator implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #explorer: GatewayExplorer;
  readonly #factory: GatewayUpgradesFactory;
  readonly #adapterHost: HttpAdapterHost;
  readonly #options: WsModuleOptions;
  readonly #logger = new Logger('WsGateways');
  #upgrades: GatewayUpgrades | undefined;
  #drained: Promise<void> | undefined;

  constructor(
    explorer: GatewayExplorer,
    factory: GatewayUpgradesFactory,
    adapterHost: HttpAdapterHost,
    @Inject(WS_OPTIONS) options: WsModuleOptions,
  ) {
    this.#explorer = explorer;
    this.#factory = factory;
    this.#adapterHost = adapterHost;
    this.#options = options;
  }

  /** Finds and compiles all gateways and joins the HTTP server. @throws InvalidUse for a mistake. */
  async onApplicationBootstrap(): Promise<void> {
    const endpoints = planEndpoints(this.#explorer.explore(), this.#options);
    const adapter = this.#adapterHost.httpAdapter as HttpAdapter | undefined;
    const upgrades = await this.#factory.create(endpoints, adapter?.getInstance());
    this.#upgrades = upgrades;
    const httpServer = adapter?.getHttpServer();
    if (adapter === undefined || httpServer === undefined) return;
    for (const endpoint of endpoints) {
      this.#logMapped(endpoint);
      warnOfUnknownParams(endpoint, this.#logger);
    }
    join(upgrades, httpServer);
    drainBeforeClose(adapter, () => this.#drain());
  }

  /** Nest 11 has nothing earlier than this hook. */
  onModuleDestroy(): Promise<void> {
    return this.#drain();
  }

  #drain(): Promise<void> {
    this.#drained ??= this.#upgrades?.drain() ?? Promise.resolve();
    return this.#drained;
  }

  #logMapped({ path, gateways }: GatewayEndpoint): void {
    for (const { classRef, handlers } of gateways) {
      // One that only pushes is served too.
      if (handlers.length === 0) this.#logger.log(`Mapped {${path}} to ${classRef.name}`);
      for (const { type, methodName } of handlers) {
        this.#logger.log(`Mapped {${path}, ${type}} to ${classRef.name}.${methodName}`);
      }
    }
  }
}

function join(upgrades: GatewayUpgrades, httpServer: Server): void {
  const broker = UpgradeBroker.of(httpServer);
  for (const path of upgrades.paths) assertFree(broker, path);
  broker.join(upgrades);
  // Not before: without a listener for them, Node answers upgrades as plain
  // requests and keeps them alive.
  httpServer.once('close', () => broker.leave(upgrades));
}

function assertFree(broker: UpgradeBroker, path: string): void {
  if (!broker.isServed(path)) return;
  throw new InvalidUse(
    `@WsGateway('${path}'): a @WebSocketGateway or WebSocketServer of the same HTTP server has ` +
      'this path; give one of them another',
  );
}
