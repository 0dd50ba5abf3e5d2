import { InvalidUse } from '../../protocol/invalid-use.js';

/** The WebSocket scheme for each scheme a URL may be given with. */
const SCHEMES: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
};

/**
 * Reads a URL by RFC 6455 3; `http` and `https` stand for `ws` and `wss`.
 * Throws {@link InvalidUse}.
 */
export function readWebSocketUrl(address: string | URL): URL {
  if (!URL.canParse(String(address))) {
    throw new InvalidUse(`${String(address)} is not a URL; expected ws://host/path`);
  }
  const url = new URL(String(address));
  const scheme = SCHEMES[url.protocol];
  if (scheme === undefined) {
    throw new InvalidUse(`scheme "${url.protocol}" given; expected ws:, wss:, http: or https:`);
  }
  // RFC 6455 3: "Fragment identifiers are meaningless in the context of WebSocket URIs
  // and MUST NOT be used".
  if (url.hash !== '') throw new InvalidUse('a WebSocket URL has no fragment (#...)');
  url.protocol = scheme;
  return url;
}

/** Whether two URLs have scheme, host and port in common. */
export function isSameOrigin(a: URL, b: URL): boolean {
  return a.protocol === b.protocol && a.host === b.host;
}
