import { InvalidUse } from '../../protocol/invalid-use.js';
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

function normalizeOrigin(name: string, origin: string): string {
  const url = readUrl(origin);
  const isBare = url?.pathname === '/' && !url.search && !url.hash && !url.username;
  const normalized = url && WEB_SCHEME.test(url.protocol) && isBare ? url.origin : origin;
  if (isOrigin(normalized) && !normalized.includes('*')) return normalized;
  throw new InvalidUse(`${name}: "${origin}" is not an origin; expected "https://app.example.com"`);
}

/** Whether a text is an origin exactly as a browser would send it. */
export function isOrigin(text: string): boolean {
  const url = readUrl(text);
  if (url === undefined) return false;
  return WEB_SCHEME.test(url.protocol) ? url.origin === text : APP_ORIGIN.test(text);
}

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
