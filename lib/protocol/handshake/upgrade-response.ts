import { ProtocolViolation } from '../protocol-violation.js';
import { readExtensionHeader, type ExtensionItem } from './extension-header.js';
import { acceptKeyOf } from './accept-key.js';
import { HeaderLines } from './header-lines.js';
import { headerOf, type ReceivedHeaders } from './header-of.js';
import { listHasToken } from './tokens.js';

/** The server's half of the opening handshake. */
export interface UpgradeAcceptance {
  /** The client's `Sec-WebSocket-Key`. */
  readonly key: string;
  /** The subprotocol chosen, if any. */
  readonly protocol: string | undefined;
  /** The `Sec-WebSocket-Extensions` answer, if any extension was accepted. */
  readonly extensions: string | undefined;
  /** Headers of the application, such as cookies. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Writes the 101 (RFC 6455 4.2.2). Throws {@link InvalidUse} for a header that is not one line. */
export function writeUpgradeResponse(acceptance: UpgradeAcceptance): Buffer {
  const head = new HeaderLines(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKeyOf(acceptance.key)}`,
  );
  const { protocol, extensions, headers } = acceptance;
  if (protocol !== undefined) head.append('Sec-WebSocket-Protocol', protocol);
  if (extensions !== undefined) head.append('Sec-WebSocket-Extensions', extensions);
  for (const [name, values] of Object.entries(headers)) head.append(name, values);
  return head.toBytes();
}

/** The part of an HTTP response a client reads. Node's `IncomingMessage` has it. */
export interface UpgradeResponse {
  /** `1.1` */
  readonly httpVersion: string;
  /** Absent only from messages that are no responses. */
  readonly statusCode?: number | undefined;
  /** By name, in lower case. */
  readonly headers: ReceivedHeaders;
}

/** What the two sides agreed on. */
export interface UpgradeAgreement {
  /** Empty where no subprotocol is in use. */
  readonly protocol: string;
  /** Those in use, in the order they apply. */
  readonly extensions: readonly ExtensionItem[];
}

/**
 * Reads the server's answer by RFC 6455 4.1; throws {@link ProtocolViolation} where the client
 * "MUST _Fail the WebSocket Connection_". Extensions are for their own negotiation to judge.
 */
export function readUpgradeResponse(
  response: UpgradeResponse,
  key: string,
  offeredProtocols: readonly string[],
): UpgradeAgreement {
  // 101 is a status of HTTP/1.1 and later (RFC 9110 15.2).
  if (response.statusCode !== 101 || response.httpVersion === '1.0')
    throw new ProtocolViolation('response-status');
  if (headerOf(response, 'upgrade')?.toLowerCase() !== 'websocket') {
    throw new ProtocolViolation('response-upgrade');
  }
  if (!listHasToken(headerOf(response, 'connection') ?? '', 'upgrade')) {
    throw new ProtocolViolation('response-connection');
  }
  if (headerOf(response, 'sec-websocket-accept')?.trim() !== acceptKeyOf(key)) {
    throw new ProtocolViolation('response-accept');
  }
  const extensions = headerOf(response, 'sec-websocket-extensions');
  return {
    protocol: readChosenProtocol(headerOf(response, 'sec-websocket-protocol'), offeredProtocols),
    extensions: extensions === undefined ? [] : readExtensionHeader(extensions),
  };
}

/**
 * A server that chose none of the offered subprotocols is refused, as browsers refuse it: the two
 * ends would not understand each other.
 */
function readChosenProtocol(chosen: string | undefined, offered: readonly string[]): string {
  const isLegal = chosen === undefined ? offered.length === 0 : offered.includes(chosen);
  if (!isLegal) throw new ProtocolViolation('response-subprotocol');
  return chosen ?? '';
}
