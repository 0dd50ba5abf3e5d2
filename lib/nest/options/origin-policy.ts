import { InvalidUse } from '../../protocol/invalid-use.js';
import { showGiven } from '../values/show-given.js';
import { kindOf } from './option-kinds.js';

/**
 * Which pages may connect:
 *
 * - `same-origin`: only pages of this server, by scheme, host and port;
 * - a list of origins (`https://app.example.com`): those pages, and the server's own;
 * - `*`: any page. Only for a server that never trusts a cookie.
 *
 * Origins are compared whole: there are no wildcards and no suffixes.
 */
export type OriginPolicy = 'same-origin' | '*' | readonly string[];

/** Schemes for which every host and port is a separate origin (WHATWG URL). */
const WEB_SCHEME = /^https?:$/;
/** Pages do not come from a WebSocket: that is where they connect to. */
const SOCKET_SCHEME = /^ws(?=s?:)/;
/** An origin of another scheme, as the shells of apps and extensions send it. */
const APP_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(:\d{1,5})?$/;

/** Checks a policy. @throws InvalidUse that names the option, if it is not one. */
export function assertOriginPolicy(name: string, value: unknown): void {
  if (value === '*' || value === 'same-origin') return;
  const example = typeof value === 'string' && isOrigin(value) ? value : 'https://app.example.com';
  kindOf(`'same-origin', '*' or a list: ['${example}']`, Array.isArray)(name, value);
  normalizeOrigins(value as readonly string[], name);
}

/**
 * The policy with its origins spelled as browsers send them.
 *
 * @throws InvalidUse for one that is not an origin, such as one with a path or a wildcard.
 */
export function normalizeOrigins(policy: OriginPolicy, name = 'origin'): OriginPolicy {
  if (policy === '*' || policy === 'same-origin') return policy;
  const origins = policy.filter((origin) => origin !== 'same-origin');
  return origins.map((origin) => normalizeOrigin(name, origin));
}

function normalizeOrigin(name: string, origin: unknown): string {
  if (typeof origin !== 'string') throw createError(name, origin);
  const url = readUrl(origin);
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username;
  const normalized = url && WEB_SCHEME.test(url.protocol) && isBare ? url.origin : origin;
  if (isOrigin(normalized) && !normalized.includes('*')) return normalized;
  throw createError(name, origin);
}

function createError(name: string, given: unknown): InvalidUse {
  const meant = typeof given === 'string' ? given.replace(SOCKET_SCHEME, 'http') : '';
  const example = isOrigin(meant) ? meant : 'https://app.example.com';
  return new InvalidUse(`${name}: ${showGiven(given)} is not an origin; expected "${example}"`);
}

/** Whether a text is an origin exactly as a browser would send it. */
export function isOrigin(text: string): boolean {
  const url = readUrl(text);
  if (url === undefined) return false;
  if (WEB_SCHEME.test(url.protocol)) return url.origin === text;
  return APP_ORIGIN.test(text) && !SOCKET_SCHEME.test(text);
}

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
