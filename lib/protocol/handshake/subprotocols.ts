import { isToken } from './tokens.js';

/**
 * Reads `Sec-WebSocket-Protocol` as a client sends it: tokens, "All of the values ... MUST be
 * unique" (RFC 6455 4.1). Undefined where the header is malformed, empty where there is none.
 */
export function readSubprotocolHeader(header: string | undefined): readonly string[] | undefined {
  if (header === undefined) return [];
  const protocols = header.split(',').map((item) => item.trim());
  const isLegal = protocols.every(isToken) && new Set(protocols).size === protocols.length;
  return isLegal ? protocols : undefined;
}

/** The client's most preferred subprotocol among those the server speaks, if any. */
export function chooseSubprotocol(
  offered: readonly string[],
  spoken: readonly string[],
): string | undefined {
  return offered.find((protocol) => spoken.includes(protocol));
}
