import { isToken } from './tokens.js';

/**
 * Reads `Sec-WebSocket-Protocol` as a client sends it: tokens, which "MUST all be unique strings"
 * (RFC 6455 4.1). Undefined where the header is malformed, empty where there is none. Empty elements
 * count for nothing, as a recipient "MUST parse and ignore" them (RFC 9110 5.6.1.2).
 */
export function readSubprotocolHeader(header: string | undefined): readonly string[] | undefined {
  if (header === undefined) return [];
  const elements = header.split(',').map((item) => item.trim());
  const protocols = elements.filter((item) => item !== '');
  const isUnique = new Set(protocols).size === protocols.length;
  return protocols.length > 0 && isUnique && protocols.every(isToken) ? protocols : undefined;
}

/** The client's most preferred subprotocol among those the server speaks, if any. */
export function chooseSubprotocol(
  offered: readonly string[],
  spoken: readonly string[],
): string | undefined {
  return offered.find((protocol) => spoken.includes(protocol));
}
