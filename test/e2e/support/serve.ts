import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { WsModule, type WsModuleOptions } from 'nestjs-wsgate';

/** The HTTP frameworks every promise must hold on. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What an application is made of. */
export interface AppSetup extends ModuleMetadata {
  readonly platform?: Platform;
  /** Runs before `listen`: global guards and the like. */
  readonly configure?: (app: INestApplication) => unknown;
}

/** A running application and the WebSocket address of its server. */
export interface Served {
  readonly app: INestApplication;
  readonly url: string;
}

/** Starts a Nest application on a free port of the loopback. */
export async function start(setup: AppSetup): Promise<Served> {
  const { platform = 'express', configure, ...metadata } = setup;
  class AppModule {}
  Module(metadata)(AppModule);
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, {
    logger: false,
    abortOnError: false,
  });
  await configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `ws://127.0.0.1:${port}` };
}

/** Starts an application, tests it, and closes it. */
export async function serve<T>(setup: AppSetup, test: (served: Served) => Promise<T>): Promise<T> {
  const served = await start(setup);
  try {
    return await test(served);
  } finally {
    await served.app.close();
  }
}

/** An application whose gateways are ours. */
export function ours(setup: AppSetup, options?: WsModuleOptions): AppSetup {
  return { ...setup, imports: [WsModule.forRoot(options), ...(setup.imports ?? [])] };
}

/** An application whose gateways are those of `@nestjs/websockets` on `@nestjs/platform-ws`. */
export function theirs(setup: AppSetup): AppSetup {
  return {
    ...setup,
    configure: (app) => {
      app.useWebSocketAdapter(new WsAdapter(app));
      return setup.configure?.(app);
    },
  };
}
