import type { IncomingMessage } from 'node:http';
import type { PathParams } from '../../server/path/path-router.js';
import { readRequestTarget } from '../../server/path/request-target.js';
import type { TrustProxy } from '../options/ws-module-options.js';
import { readCookies } from '../connection/read-cookies.js';
import { readQuery } from '../connection/read-query.js';
import { readHost, readIp, readScheme } from './forwarded.js';

/** The upgrade request as guards see it: with what HTTP frameworks put on theirs. */
export interface UpgradeRequest extends IncomingMessage {
  /** What the path's parameters stand for, decoded: `{ room: 'lobby' }` on `/chat/:room`. */
  readonly params: Readonly<Record<string, string>>;
  /**
   * The URL's query, decoded: a thousand names and values at most; a name that comes more than once
   * has a list. `conn.query` is what came, or what a guard has put in its place as a whole.
   */
  readonly query: Readonly<Record<string, string | string[]>>;
  /**
   * The cookies by name, decoded; a signed one still has its signature. `conn.cookies` are what
   * came, as `conn.query` is.
   */
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** The URL's path as it came, without its query: `/chat/lobby`. */
  readonly path: string;
  /** The URL as it came, path and query. */
  readonly originalUrl: string;
  /**
   * The client's address; behind trusted proxies (`trustProxy`) what they say it is. Empty where
   * the transport has none.
   */
  readonly ip: string;
  /** The scheme the client used, at a trusted proxy or here. Not the WebSocket's subprotocol. */
  readonly protocol: 'http' | 'https';
  /** The host and port the client asked for, `Host` or what a trusted proxy says; empty without. */
  readonly host: string;
  /** The same without the port. */
  readonly hostname: string;
  /** Fastify's name for Node's request. */
  readonly raw: IncomingMessage;
  /**
   * Whether the connection is open already and its guards run again (the option `recheck`). A guard
   * that counts attempts, or consumes a ticket, should skip that here.
   */
  readonly isRecheck: boolean;
  /** A header's value, whatever case its name is given in. */
  get(name: string): string | undefined;
  /** The same as `get`. */
  header(name: string): string | undefined;
  /** Guards put the user here; it becomes the connection's `user`. */
  user?: unknown;
  /** Where an HTTP session is in use, its middleware puts it here. */
  session?: unknown;
}

/** What is known of an upgrade request beyond what it says itself. */
export interface RequestFacts {
  readonly params: PathParams;
  readonly trustProxy: TrustProxy;
  /** See {@link UpgradeRequest.isRecheck}. */
  readonly isRecheck: boolean;
}

/** Adds to an upgrade request what guards written for HTTP look for there. */
export function extendRequest(
  request: IncomingMessage,
  { params, trustProxy, isRecheck }: RequestFacts,
): UpgradeRequest {
  const { path = '/', query = '' } = readRequestTarget(request.url) ?? {};
  defineLazily(request, 'query', () => readQuery(query));
  defineLazily(request, 'cookies', () => readCookies(request.headers.cookie));
  const host = readHost(request, trustProxy) ?? '';
  const readHeader = (name: string): string | undefined => {
    const value = request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return define(request, {
    params: joinSegments(params),
    path,
    originalUrl: request.url,
    ip: readIp(request, trustProxy),
    protocol: readScheme(request, trustProxy),
    host,
    hostname: host.replace(/:\d*$/, ''),
    raw: request,
    isRecheck,
    get: readHeader,
    header: readHeader,
  });
}

/** Own properties, whatever accessors of the same names the framework's prototype has. */
function define(
  request: IncomingMessage,
  extras: Readonly<Record<string, unknown>>,
): UpgradeRequest {
  for (const [name, value] of Object.entries(extras)) {
    Object.defineProperty(request, name, { value, writable: true, configurable: true });
  }
  return request as UpgradeRequest;
}

/** Most guards never read it, and a client may send thousands of names. */
function defineLazily(request: IncomingMessage, name: string, read: () => unknown): void {
  let value: unknown;
  Object.defineProperty(request, name, {
    get: () => (value ??= read()),
    set: (replacement: unknown) => {
      define(request, { [name]: replacement });
    },
    configurable: true,
  });
}

/** Whether the property is still to be read from the request as it came: no guard has replaced it. */
export function isAsItCame(request: UpgradeRequest, name: 'query' | 'cookies'): boolean {
  return Object.getOwnPropertyDescriptor(request, name)?.get !== undefined;
}

/** A wildcard's segments become one string again: `files/*path` of `/files/a/b` gives `a/b`. */
function joinSegments(params: PathParams): Readonly<Record<string, string>> {
  const joined = Object.create(null) as Record<string, string>;
  for (const [name, value = ''] of Object.entries(params)) {
    joined[name] = typeof value === 'string' ? value : value.join('/');
  }
  return joined;
}
