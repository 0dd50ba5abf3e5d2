import { ProtocolViolation } from '../protocol-violation.js';
import { readExtensionHeader, type ExtensionItem } from './extension-header.js';
import { isHandshakeKey } from './accept-key.js';
import { headerOf, type ReceivedHeaders } from './header-of.js';
import { readSubprotocolHeader } from './subprotocols.js';
import { listHasToken } from './tokens.js';
import type { UpgradeRefusal } from './upgrade-refusal.js';
import { WEB_SOCKET_VERSION } from './web-socket-version.js';

/** The part of an HTTP request the opening handshake reads. Node's `IncomingMessage` has it. */
export interface UpgradeRequest {
  /** Absent only from messages that are no requests. */
  readonly method?: string | undefined;
  /** `1.1` */
  readonly httpVersion: string;
  /** By name, in lower case. */
  readonly headers: ReceivedHeaders;
  /**
   * Names and values alternately, as received; shows repeated headers that `headers` has joined.
   */
  readonly rawHeaders?: readonly string[];
}

/** What a client's legal opening handshake offers. */
export interface UpgradeOffer {
  /** `Sec-WebSocket-Key`, 16 bytes in base64. */
  readonly key: string;
  /** In the client's order of preference. */
  readonly protocols: readonly string[];
  /** In the client's order of preference. */
  readonly extensions: readonly ExtensionItem[];
}

/** Headers that must not be repeated: a proxy might act on another one of them than this server. */
const SINGLE_HEADERS: readonly string[] = [
  'host',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
];

/** Reads a client's opening handshake by RFC 6455 4.2.1: an offer, or why it is refused. */
export function readUpgradeRequest(request: UpgradeRequest): UpgradeOffer | UpgradeRefusal {
  const refusal = findRequestFault(request);
  if (refusal !== undefined) return refusal;
  const protocols = readSubprotocolHeader(headerOf(request, 'sec-websocket-protocol'));
  if (protocols === undefined) return badRequest('Sec-WebSocket-Protocol is malformed');
  const extensions = readExtensions(headerOf(request, 'sec-websocket-extensions'));
  if (extensions === undefined) return badRequest('Sec-WebSocket-Extensions is malformed');
  return { key: headerOf(request, 'sec-websocket-key') ?? '', protocols, extensions };
}

function findRequestFault(request: UpgradeRequest): UpgradeRefusal | undefined {
  if (request.method !== 'GET') {
    return { status: 405, reason: 'the opening handshake is a GET', headers: { Allow: 'GET' } };
  }
  if (!isHttp11(request.httpVersion)) return badRequest('HTTP/1.1 or higher is needed');
  if (headerOf(request, 'host') === undefined) return badRequest('the Host header is missing');
  if (headerOf(request, 'upgrade')?.toLowerCase() !== 'websocket') {
    return badRequest('the Upgrade header must be "websocket"');
  }
  if (!listHasToken(headerOf(request, 'connection') ?? '', 'upgrade')) {
    return badRequest('the Connection header must hold "Upgrade"');
  }
  return findRepeatedHeader(request) ?? findBody(request) ?? findKeyOrVersionFault(request);
}

function findKeyOrVersionFault(request: UpgradeRequest): UpgradeRefusal | undefined {
  if (headerOf(request, 'sec-websocket-version') !== WEB_SOCKET_VERSION) {
    // RFC 6455 4.2.2: "the server MUST abort the WebSocket handshake ... and instead send an
    // appropriate HTTP error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version|".
    return {
      status: 426,
      reason: `the only version spoken here is ${WEB_SOCKET_VERSION}`,
      headers: { 'Sec-WebSocket-Version': WEB_SOCKET_VERSION, Upgrade: 'websocket' },
    };
  }
  return isHandshakeKey(headerOf(request, 'sec-websocket-key') ?? '')
    ? undefined
    : badRequest('Sec-WebSocket-Key must be 16 bytes in base64');
}

function findRepeatedHeader(request: UpgradeRequest): UpgradeRefusal | undefined {
  const seen = new Set<string>();
  const { rawHeaders = [] } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    if (!SINGLE_HEADERS.includes(name)) continue;
    if (seen.has(name)) return badRequest(`the ${name} header must not be repeated`);
    seen.add(name);
  }
  return undefined;
}

/** The bytes of a body would be read as frames here, and as a body by a proxy in between. */
function findBody(request: UpgradeRequest): UpgradeRefusal | undefined {
  const length = headerOf(request, 'content-length') ?? '0';
  const hasBody = Number(length) !== 0 || headerOf(request, 'transfer-encoding') !== undefined;
  return hasBody ? badRequest('an opening handshake has no body') : undefined;
}

function readExtensions(header: string | undefined): readonly ExtensionItem[] | undefined {
  if (header === undefined) return [];
  try {
    return readExtensionHeader(header);
  } catch (error) {
    if (error instanceof ProtocolViolation) return undefined;
    throw error;
  }
}

function isHttp11(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 1);
}

function badRequest(reason: string): UpgradeRefusal {
  return { status: 400, reason, headers: {} };
}
