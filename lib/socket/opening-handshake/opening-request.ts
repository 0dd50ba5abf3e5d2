import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { InvalidUse } from '../../protocol/invalid-use.js';
import type { DeflateOptions } from '../../protocol/extensions/permessage-deflate/deflate-options.js';
import { writeDeflateOffer } from '../../protocol/extensions/permessage-deflate/negotiation.js';
import { isToken } from '../../protocol/handshake/tokens.js';
import { WEB_SOCKET_VERSION } from '../../protocol/handshake/web-socket-version.js';
import type { ClientOptions, HandshakeHeaders } from './client-options.js';

/** What a client offers its server. */
export interface ClientOffer {
  /** In order of preference; empty for none. */
  readonly protocols: readonly string[];
  /** Undefined: no compression. */
  readonly deflate: DeflateOptions | undefined;
}

/** What differs between the requests of one opening handshake, where redirects are followed. */
export interface OpeningTarget {
  readonly url: URL;
  /** The application's headers. */
  readonly headers: HandshakeHeaders;
  /** `user:password` for HTTP's basic authentication, unless the URL has its own. */
  readonly auth: string | null | undefined;
}

/**
 * Makes the request of a client's opening handshake (RFC 6455 4.1); `end` sends it. Throws
 * {@link InvalidUse}, or what Node throws, for a URL, header or option that cannot be used.
 *
 * @param key the value of Sec-WebSocket-Key
 */
export function createOpeningRequest(
  { url, headers, auth }: OpeningTarget,
  key: string,
  { protocols, deflate }: ClientOffer,
  options: ClientOptions,
): ClientRequest {
  const isSecure = url.protocol === 'wss:';
  const { origin } = options;
  return (isSecure ? requestHttps : requestHttp)({
    ...options,
    timeout: undefined,
    // Node wants an IPv6 address without the brackets it has in a URL.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port || (isSecure ? 443 : 80),
    path: url.pathname + url.search,
    auth: authOf(url) ?? auth,
    headers: {
      ...headers,
      // After those of the application, which therefore cannot replace them.
      ...(origin === undefined ? {} : { Origin: origin }),
      ...(deflate && { 'Sec-WebSocket-Extensions': writeDeflateOffer(deflate) }),
      ...(protocols.length > 0 && { 'Sec-WebSocket-Protocol': protocols.join(', ') }),
      'Sec-WebSocket-Version': WEB_SOCKET_VERSION,
      'Sec-WebSocket-Key': key,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
    },
  });
}

/**
 * Throws {@link InvalidUse} for subprotocols that cannot be offered. RFC 6455 4.1: they "MUST be
 * non-empty strings with characters in the range U+0021 to U+007E not including separator characters
 * ... and MUST all be unique strings".
 */
export function assertSubprotocols(protocols: readonly string[]): void {
  for (const [at, protocol] of protocols.entries()) {
    if (!isToken(protocol)) {
      throw new InvalidUse(`subprotocol "${protocol}" is not a token; expected one like "chat.v1"`);
    }
    if (protocols.indexOf(protocol) !== at) {
      throw new InvalidUse(`subprotocol "${protocol}" was given twice`);
    }
  }
}

function authOf(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined;
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    throw new InvalidUse('the user or password in the URL is not percent-encoded as it should be');
  }
}
