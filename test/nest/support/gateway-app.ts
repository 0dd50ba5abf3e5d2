import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsModule, type WsModuleOptions } from '../../../lib/index.js';

/** The HTTP frameworks every promise must hold on. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What a test application is made of. */
export interface AppSetup extends ModuleMetadata {
  readonly options?: WsModuleOptions;
  readonly platform?: Platform;
  readonly nest?: NestApplicationOptions;
  /** The test imports `WsModule` itself. */
  readonly withoutModule?: boolean;
  /** Runs before `init`: global guards and the like. */
  readonly configure?: (app: INestApplication) => unknown;
}

/** A Nest application with `WsModule`, initialised but not listening. */
export async function createApp(setup: AppSetup): Promise<INestApplication> {
  const { options, platform = 'express', configure, nest, withoutModule, ...metadata } = setup;
  const own = withoutModule === true ? [] : [WsModule.forRoot(options)];
  const module = await Test.createTestingModule({
    ...metadata,
    imports: [...own, ...(metadata.imports ?? [])],
  }).compile();
  const settings = { logger: false as const, ...nest };
  const app =
    platform === 'express'
      ? module.createNestApplication(settings)
      : module.createNestApplication(new FastifyAdapter(), settings);
  await configure?.(app);
  await app.init();
  return app;
}

/** The same, listening on a free port of the loopback; answers with its address. */
export async function serveApp(
  setup: AppSetup,
): Promise<{ readonly app: INestApplication; readonly url: string }> {
  const app = await createApp(setup);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `ws://127.0.0.1:${port}` };
}
