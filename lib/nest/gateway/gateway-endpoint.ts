import type { GatewayDescriptor } from './gateway-descriptor.js';
import type { ResolvedWsOptions } from '../options/ws-module-options.js';

/** All classes mounted on one path, and the options they agree on. */
export interface GatewayEndpoint {
  readonly path: string;
  readonly options: ResolvedWsOptions;
  readonly gateways: readonly GatewayDescriptor[];
}
