import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { TrustProxy } from '../options/ws-module-options.js';

/** Whether the client's connection is encrypted, here or at a trusted proxy. */
export function readScheme(request: IncomingMessage, trust: TrustProxy): 'http' | 'https' {
  const forwarded = readForwarded(request, 'x-forwarded-proto', trust);
  if (forwarded !== undefined) return forwarded.toLowerCase() === 'https' ? 'https' : 'http';
  return (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
}

/** The host and port the client asked for; `undefined` when it named none. */
export function readHost(request: IncomingMessage, trust: TrustProxy): string | undefined {
  return readForwarded(request, 'x-forwarded-host', trust) ?? request.headers.host;
}

/** The client's address; empty when the transport has none. */
export function readIp(request: IncomingMessage, trust: TrustProxy): string {
  return readForwarded(request, 'x-forwarded-for', trust) ?? request.socket.remoteAddress ?? '';
}

/**
 * What the outermost trusted proxy wrote. Every proxy appends to these lists, and a client may have
 * begun one, so they are read from the right.
 */
function readForwarded(
  request: IncomingMessage,
  name: string,
  trust: TrustProxy,
): string | undefined {
  const hops = Number(trust);
  const header = request.headers[name];
  // Anything but a number counts as no proxies: index NaN would be what the client wrote itself.
  if (!(hops >= 1) || typeof header !== 'string') return undefined;
  const values = header.split(',').map((value) => value.trim());
  return (values.at(-hops) ?? values[0]) || undefined;
}
