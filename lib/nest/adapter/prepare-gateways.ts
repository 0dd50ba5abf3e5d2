import { ApplicationConfig } from '@nestjs/core';
import { reportTeardown } from '../session/stream/report-teardown.js';
import type { AdapterContext } from './adapter-context.js';
import { assertNoHandshakeDecorators } from './assert-no-handshake-decorators.js';
import { containHandlers } from './contain-handlers.js';
import { findGateways, type ProviderSource } from './find-gateways.js';
import { guardHooks } from './guard-hooks.js';

/**
 * Prepares the gateways of an application for the adapter, before Nest binds their hooks and
 * handlers.
 *
 * @throws InvalidUse for decorators that hold for `@WsGateway` only.
 */
export function prepareGateways(app: ProviderSource, { reporter, witness }: AdapterContext): void {
  const gateways = [...findGateways(app)];
  for (const gateway of gateways) assertNoHandshakeDecorators(gateway);
  guardHooks(gateways);
  const detached = {
    reportUnsent: (error: unknown, where: string) => reporter.reportDetached(error, where),
  };
  containHandlers(gateways, app.get(ApplicationConfig, { strict: false }), (error, where) =>
    reportTeardown(error, where, detached),
  );
  witness.watch(gateways);
}
