import type { IncomingMessage } from 'node:http';
import type { HandshakeHeaders } from './client-options.js';
import { readWebSocketUrl } from './web-socket-url.js';

/** Where a response sends its client (RFC 9110 15.4); undefined where it is not a redirect. */
export function redirectOf(response: IncomingMessage): string | undefined {
  const status = response.statusCode ?? 0;
  return status >= 300 && status < 400 ? response.headers.location : undefined;
}

/**
 * The URL a Location header stands for, which may be relative to `from`. Throws {@link InvalidUse}
 * for one no WebSocket can have.
 */
export function resolveRedirect(location: string, from: URL): URL {
  // ws: as http:, because a Location without a scheme is relative to the HTTP request it answers.
  return readWebSocketUrl(new URL(location, from.href.replace(/^ws/, 'http')));
}

/**
 * The headers that may follow a redirect to another origin: what was meant for one server is
 * not handed to another.
 */
export function withoutCredentials(headers: HandshakeHeaders): HandshakeHeaders {
  const secret = ['authorization', 'cookie', 'host', 'proxy-authorization'];
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase())),
  );
}
