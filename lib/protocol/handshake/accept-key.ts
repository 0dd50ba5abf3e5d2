import { createHash } from 'node:crypto';

/** RFC 6455 1.3: the GUID every endpoint appends to the key. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** 16 bytes in base64: 21 characters, one whose low bits are zero, and padding. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 4.2.2). */
export function acceptKeyOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** RFC 6455 4.2.1: "a base64-encoded ... value that, when decoded, is 16 bytes in length". */
export function isHandshakeKey(key: string): boolean {
  return KEY.test(key);
}
