import type { IncomingMessage, Server } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { headerOf } from '../../protocol/handshake/header-of.js';
import { listHasToken } from '../../protocol/handshake/tokens.js';

/** Headers that are about the upgrade or the connection (RFC 9110 7.8, RFC 7540 3.2.1). */
const LEFT_OUT: readonly string[] = ['connection', 'upgrade', 'http2-settings'];

/** Since Node 22.21 and 24.9 a server asks this before it takes a connection from its HTTP parser. */
interface AskingServer {
  shouldUpgradeCallback?: (request: IncomingMessage) => boolean;
}

/**
 * Whether this is an opening handshake, be it a broken one: WebSocket is among the protocols the
 * client would like to go on with, or there is the key that no other protocol has (RFC 6455 11.3.1).
 */
export function isOpeningHandshake(request: IncomingMessage): boolean {
  if (headerOf(request, 'sec-websocket-key') !== undefined) return true;
  return listHasToken(headerOf(request, 'upgrade') ?? '', 'websocket');
}

/** Has the server treat upgrades as plain requests where `ignores` says so, if it can be told. */
export function ignoreUpgrades(
  server: Server & AskingServer,
  ignores: (request: IncomingMessage) => boolean,
): void {
  const original = server.shouldUpgradeCallback?.bind(server);
  if (original === undefined) return;
  server.shouldUpgradeCallback = (request) => original(request) && !ignores(request);
}

/**
 * Has a server answer an upgrade as if it were a plain request: "A server MAY ignore a received
 * Upgrade header field if it wishes to continue using the current protocol" (RFC 9110 7.8). Node has
 * taken the connection from its HTTP parser, so the request goes back in front of what follows it,
 * and the server gets the connection as a new one.
 */
export function ignoreUpgrade(
  server: Server,
  request: IncomingMessage,
  transport: Duplex,
  head: Buffer,
): void {
  transport.unshift(Buffer.concat([Buffer.from(writeHead(request), 'latin1'), head]));
  const isEncrypted = (transport as Partial<TLSSocket>).encrypted === true;
  server.emit(isEncrypted ? 'secureConnection' : 'connection', transport);
}

/** The head of the request as it came, but for the upgrade; the connection ends with the answer. */
function writeHead({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`, 'Connection: close'];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (LEFT_OUT.includes(rawHeaders[at].toLowerCase())) continue;
    lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
