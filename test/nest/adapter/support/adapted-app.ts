import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { WsgateAdapter, type WsgateAdapterOptions } from '../../../../lib/index.js';
import type { Platform } from '../../support/gateway-app.js';

/** The adapters the same gateways are run on. */
export type AdapterName = 'wsgate' | 'platform-ws';

/** What a test application is made of. */
export interface AdaptedSetup extends ModuleMetadata {
  readonly adapter?: AdapterName;
  readonly options?: WsgateAdapterOptions;
  readonly platform?: Platform;
  /** Runs before the application starts: global pipes and the like. */
  readonly configure?: (app: INestApplication) => void;
}

/** A Nest application that listens, and where. */
export interface AdaptedApp {
  readonly app: INestApplication;
  readonly url: string;
}

/** An application of `@WebSocketGateway` classes, listening on a free port of the loopback. */
export async function serveAdapted(setup: AdaptedSetup): Promise<AdaptedApp> {
  const { adapter = 'wsgate', options, platform = 'express', configure, ...metadata } = setup;
  const module = await Test.createTestingModule(metadata).compile();
  const app =
    platform === 'express'
      ? module.createNestApplication({ logger: false })
      : module.createNestApplication(new FastifyAdapter(), { logger: false });
  app.useWebSocketAdapter(
    adapter === 'wsgate' ? new WsgateAdapter(app, options) : new WsAdapter(app),
  );
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `ws://127.0.0.1:${port}` };
}
