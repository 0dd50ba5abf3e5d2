import type { IncomingMessage } from 'node:http';
import { isOrigin, type OriginPolicy } from '../options/origin-policy.js';
import type { TrustProxy } from '../options/ws-module-options.js';
import { readHost, readScheme } from './forwarded.js';

/** What the Origin of a handshake is checked against. */
export interface OriginRules {
  readonly origin: OriginPolicy;
  readonly allowMissingOrigin: boolean;
  readonly trustProxy: TrustProxy;
}

/**
 * Decides by the Origin header (RFC 6455 10.2) whether a page may connect. Origins are compared
 * whole, so no prefix, suffix or look-alike passes; `null`, a repeated header and anything that is
 * not exactly an origin are refused.
 */
export function isOriginAllowed(request: IncomingMessage, rules: OriginRules): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return rules.allowMissingOrigin;
  if (!isOrigin(origin) || isRepeated(request)) return false;
  if (rules.origin === '*') return true;
  if (rules.origin !== 'same-origin' && rules.origin.includes(origin)) return true;
  return origin === readOwnOrigin(request, rules.trustProxy);
}

function isRepeated(request: IncomingMessage): boolean {
  return (request.headersDistinct['origin']?.length ?? 0) > 1;
}

function readOwnOrigin(request: IncomingMessage, trust: TrustProxy): string | undefined {
  const host = readHost(request, trust);
  if (host === undefined || /[^A-Za-z0-9.:[\]_-]/.test(host)) return undefined;
  const own = `${readScheme(request, trust)}://${host}`;
  return URL.canParse(own) ? new URL(own).origin : undefined;
}
