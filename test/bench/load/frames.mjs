// Final frames (RFC 6455 5.2), built before the clock runs.

/** The first byte of a frame. */
export const TEXT = 0x81;
export const TEXT_COMPRESSED = 0xc1;
export const BINARY = 0x82;
const MASKED = 0x80;

function header(first, mask, length) {
  if (length < 126) return Buffer.from([first, mask | length]);
  if (length < 65536) {
    const bytes = Buffer.from([first, mask | 126, 0, 0]);
    bytes.writeUInt16BE(length, 2);
    return bytes;
  }
  const bytes = Buffer.alloc(10);
  bytes[0] = first;
  bytes[1] = mask | 127;
  bytes.writeUIntBE(length, 4, 6);
  return bytes;
}

/** What a client sends. */
export function maskedFrame(payload, random, first = TEXT) {
  const key = Buffer.from([0, 0, 0, 0].map(() => Math.floor(random() * 256)));
  const masked = payload.map((byte, at) => byte ^ key[at & 3]);
  return Buffer.concat([header(first, MASKED, payload.length), key, masked]);
}

/** What a server must answer, byte for byte: the shortest length form and one frame. */
export function plainFrame(payload, first = TEXT) {
  return Buffer.concat([header(first, 0, payload.length), payload]);
}

export function headerLength(payloadLength) {
  return header(TEXT, 0, payloadLength).length;
}
