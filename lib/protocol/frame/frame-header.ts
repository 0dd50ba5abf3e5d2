/** The header of one frame (RFC 6455 5.2), as it stood on the wire. */
export interface FrameHeader {
  /** The final fragment of a message. */
  readonly fin: boolean;
  /** The first reserved bit; permessage-deflate gives it the meaning "compressed". */
  readonly rsv1: boolean;
  /** RSV2 or RSV3 is set; no extension known here defines either. */
  readonly rsv23: boolean;
  /** 4 bits, unchecked. */
  readonly opcode: number;
  readonly masked: boolean;
  /**
   * The masking key as a signed big-endian 32-bit integer, which needs no object of its own;
   * 0 for an unmasked frame.
   */
  readonly maskingKey: number;
  /** Bytes of payload. `Infinity` where the most significant bit of the 64-bit form is set. */
  readonly payloadLength: number;
  /** False where a shorter form of the length would have done. */
  readonly isMinimal: boolean;
  /** Bytes the header itself took: 2 to 14. */
  readonly headerLength: number;
}

/** The bit of a header's first byte that ends a message. */
export const FIN = 0x80;

/** The first reserved bit of that byte. */
export const RSV1 = 0x40;

/** The longest payload whose length fits into the second byte. */
export const MAX_SHORT_LENGTH = 125;

/** The longest header there is: 2 bytes, a 64-bit length, a masking key. */
export const MAX_HEADER_LENGTH = 14;

/** Reads the header that begins at `at`, or returns undefined while bytes of it are missing. */
export function readFrameHeader(
  bytes: Uint8Array,
  at: number,
  end: number,
): FrameHeader | undefined {
  if (end - at < 2) return undefined;
  const first = bytes[at];
  const second = bytes[at + 1];
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short <= MAX_SHORT_LENGTH ? 0 : short === 126 ? 2 : 8;
  const headerLength = 2 + lengthBytes + (masked ? 4 : 0);
  if (end - at < headerLength) return undefined;
  const payloadLength = lengthBytes === 0 ? short : readLength(bytes, at + 2, lengthBytes);
  return {
    fin: (first & FIN) !== 0,
    rsv1: (first & RSV1) !== 0,
    rsv23: (first & 0x30) !== 0,
    opcode: first & 0x0f,
    masked,
    maskingKey: masked ? readInt32(bytes, at + 2 + lengthBytes) : 0,
    payloadLength,
    isMinimal: lengthBytes === lengthFieldSize(payloadLength),
    headerLength,
  };
}

/**
 * Bytes the extended payload length takes: 0, 2 or 8. RFC 6455 5.2: "in all cases, the minimal
 * number of bytes MUST be used to encode the length".
 */
export function lengthFieldSize(payloadLength: number): 0 | 2 | 8 {
  return payloadLength <= MAX_SHORT_LENGTH ? 0 : payloadLength < 65536 ? 2 : 8;
}

/**
 * Writes a header at `at` and returns the bytes it took. `firstByte` is FIN, RSV and opcode
 * together; `maskingKey` undefined writes an unmasked header.
 */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  firstByte: number,
  payloadLength: number,
  maskingKey: number | undefined,
): number {
  const lengthBytes = lengthFieldSize(payloadLength);
  const short = lengthBytes === 0 ? payloadLength : lengthBytes === 2 ? 126 : 127;
  bytes[at] = firstByte;
  bytes[at + 1] = maskingKey === undefined ? short : short | 0x80;
  if (lengthBytes === 2) {
    bytes[at + 2] = payloadLength >>> 8;
    bytes[at + 3] = payloadLength & 0xff;
  } else if (lengthBytes === 8) {
    writeUint32(bytes, at + 2, Math.floor(payloadLength / 0x1_0000_0000));
    writeUint32(bytes, at + 6, payloadLength >>> 0);
  }
  if (maskingKey === undefined) return 2 + lengthBytes;
  writeUint32(bytes, at + 2 + lengthBytes, maskingKey);
  return 6 + lengthBytes;
}

/** Bytes a header takes for a payload of this length. */
export function frameHeaderLength(payloadLength: number, masked: boolean): number {
  return 2 + lengthFieldSize(payloadLength) + (masked ? 4 : 0);
}

function readLength(bytes: Uint8Array, at: number, size: 2 | 8): number {
  if (size === 2) return (bytes[at] << 8) | bytes[at + 1];
  const high = readUint32(bytes, at);
  // "the most significant bit MUST be 0": a number cannot hold such a length.
  return high > 0x7fff_ffff ? Infinity : high * 0x1_0000_0000 + readUint32(bytes, at + 4);
}

function readUint32(bytes: Uint8Array, at: number): number {
  return readInt32(bytes, at) >>> 0;
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 0xff;
  bytes[at + 2] = (value >>> 8) & 0xff;
  bytes[at + 3] = value & 0xff;
}
