import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { assertAsyncOptions, createOptions } from './options/assert-async-options.js';
import { assertModuleOptions } from './options/assert-module-options.js';
import { ExceptionReporter } from './errors/exception-reporter.js';
import { GatewayCompiler } from './gateway/gateway-compiler.js';
import { GatewayExplorer } from './gateway/gateway-explorer.js';
import { HandshakeGuards } from './handshake/handshake-guards.js';
import { HandshakeFactory } from './handshake/handshake-factory.js';
import { EnhancerFactory } from './pipeline/enhancer-factory.js';
import { HandlerCompiler } from './gateway/handler-compiler.js';
import { LiveConnections } from './push/live-connections.js';
import { GatewayOrchestrator } from './serving/gateway-orchestrator.js';
import { GatewayUpgradesFactory } from './serving/gateway-upgrades-factory.js';
import { MountFactory } from './serving/mount-factory.js';
import { createModuleLedger } from './serving/create-memory-ledger.js';
import type { WsModuleOptions } from './options/ws-module-options.js';
import { WS_OPTIONS } from './options/ws-options.token.js';
import { WsServer } from './ws-server.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<WsModuleOptions>({
  optionsInjectionToken: WS_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();

/**
 * WebSocket gateways for the application: import it once, with `forRoot` or `forRootAsync`. It is
 * global, so gateways and {@link WsServer} can be used in every module.
 *
 * @example
 * const imports = [WsModule.forRoot({ origin: ['https://app.example.com'] })];
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: LiveConnections,
      useFactory: (options: WsModuleOptions | undefined) =>
        new LiveConnections(createModuleLedger(options)),
      inject: [WS_OPTIONS],
    },
    { provide: ExceptionReporter, useFactory: () => new ExceptionReporter() },
    WsServer,
    GatewayExplorer,
    EnhancerFactory,
    HandlerCompiler,
    GatewayCompiler,
    HandshakeGuards,
    HandshakeFactory,
    MountFactory,
    GatewayUpgradesFactory,
    GatewayOrchestrator,
  ],
  exports: [WsServer, WS_OPTIONS],
})
export class WsModule extends ConfigurableModuleClass {
  /**
   * @param options every one of them has a default.
   * @throws InvalidUse for what is no object with options, such as a promise of one
   */
  static override forRoot(options: WsModuleOptions = {}): DynamicModule {
    assertModuleOptions(options);
    return super.forRoot(options);
  }

  /**
   * With options that are made by a factory, or by a class with a method `create`.
   *
   * @throws InvalidUse where neither is given, and at start for a class without that method
   */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<WsModuleOptions>,
  ): DynamicModule {
    assertAsyncOptions(options);
    const { providers = [], ...definition } = super.forRootAsync(options);
    if (options.useFactory !== undefined) return { ...definition, providers };
    // Nest's own factory calls `create` as it is: without it, its error names neither class nor method.
    const checked = providers.map((provider) =>
      'useFactory' in provider && provider.provide === WS_OPTIONS
        ? Object.assign({}, provider, { useFactory: createOptions })
        : provider,
    );
    return { ...definition, providers: checked };
  }
}
