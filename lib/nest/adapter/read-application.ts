import type { Server } from 'node:http';
import { InvalidUse } from '../../protocol/invalid-use.js';
import { showGiven } from '../values/show-given.js';
import { type ClosingHttpAdapter, drainBeforeClose } from '../serving/drain-before-close.js';
import type { ProviderSource } from './find-gateways.js';

/** What the adapter uses of what it was given. */
export interface AdaptedApplication {
  readonly httpServer: Server | undefined;
  /** The application itself, if it is one. */
  readonly providers: ProviderSource | undefined;
  /** Has Nest 12 run this before every shutdown hook; Nest 11 has nothing that early. */
  drainBeforeClose(drain: () => Promise<void>): void;
}

interface Application extends ProviderSource {
  getHttpServer?(): Server | undefined;
  getHttpAdapter?(): ClosingHttpAdapter | undefined;
}

/**
 * Takes an application, an HTTP server, or nothing.
 *
 * @throws InvalidUse for anything else
 */
export function readApplication(given: object | undefined): AdaptedApplication {
  assertServed(given);
  if (given !== undefined && typeof (given as Partial<Application>).get === 'function') {
    return adapt(given as Application);
  }
  return {
    httpServer: given as Server | undefined,
    providers: undefined,
    drainBeforeClose: () => undefined,
  };
}

function assertServed(given: unknown): void {
  if (given === undefined) return;
  const { get, on } = Object(given ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof get === 'function' || typeof on === 'function') return;
  throw new InvalidUse(
    `WsgateAdapter: ${showGiven(given)} given; expected the Nest application: new WsgateAdapter(app)`,
  );
}

function adapt(app: Application): AdaptedApplication {
  return {
    get httpServer() {
      return app.getHttpServer?.();
    },
    providers: app,
    drainBeforeClose(drain) {
      const http = app.getHttpAdapter?.();
      if (http !== undefined) drainBeforeClose(http, drain);
    },
  };
}
