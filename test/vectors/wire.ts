/** Bytes from hex; spaces are for the eye. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

// Bits and opcodes of a frame's first byte (RFC 6455 5.2).
export const FIN = 0x80;
export const RSV1 = 0x40;
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** The key of RFC 6455's own examples. */
const KEY = hex('37 fa 21 3d');

/** What {@link frame} may be told to do otherwise than RFC 6455 wants it. */
export interface FrameOddities {
  /** Default: none, an unmasked frame. */
  readonly key?: Buffer;
  /** Bytes of the extended length: 0, 2 or 8. Default: the fewest. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** The length the header claims. Default: the payload's. */
  readonly declared?: bigint;
}

/** Builds a frame the slow and plain way, as a check on the library: nothing in here is shared with it. */
export function frame(
  firstByte: number,
  payload: Uint8Array | string,
  odd: FrameOddities = {},
): Buffer {
  const body = Buffer.from(payload);
  const declared = odd.declared ?? BigInt(body.length);
  const lengthBytes = odd.lengthBytes ?? (declared < 126n ? 0 : declared < 65536n ? 2 : 8);
  const short = lengthBytes === 0 ? Number(declared) : lengthBytes === 2 ? 126 : 127;
  const bytes = [firstByte, odd.key === undefined ? short : short + 128];
  for (let i = lengthBytes - 1; i >= 0; i--) {
    bytes.push(Number((declared >> BigInt(8 * i)) & 0xffn));
  }
  const { key } = odd;
  if (key === undefined) return Buffer.concat([Buffer.from(bytes), body]);
  return Buffer.concat([Buffer.from(bytes), key, body.map((byte, i) => byte ^ key[i % 4])]);
}

/** The same frame with the mask that RFC 6455's examples use. */
export function masked(
  firstByte: number,
  payload: Uint8Array | string,
  odd: FrameOddities = {},
): Buffer {
  return frame(firstByte, payload, { key: KEY, ...odd });
}

/** A frame as it came off the wire. */
export interface WireFrame {
  readonly firstByte: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

/** Takes well-formed frames apart; throws where the last one is not whole. */
export function readFrames(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  for (let rest = bytes; rest.length > 0; rest = rest.subarray(frameSize(rest))) {
    if (frameSize(rest) > rest.length) throw new Error('the last frame is not whole');
    frames.push(readFrame(rest.subarray(0, frameSize(rest))));
  }
  return frames;
}

/** The size of the frame that begins here, or Infinity while that cannot be told. */
export function frameSize(bytes: Buffer): number {
  if (bytes.length < 2 || bytes.length < headSize(bytes)) return Infinity;
  return headSize(bytes) + payloadSize(bytes);
}

function readFrame(bytes: Buffer): WireFrame {
  const isMasked = bytes[1] >= 128;
  const head = headSize(bytes);
  const key = isMasked ? bytes.subarray(head - 4, head) : Buffer.alloc(4);
  const payload = bytes.subarray(head).map((byte, i) => byte ^ key[i % 4]);
  return { firstByte: bytes[0], isMasked, payload: Buffer.from(payload) };
}

function headSize(bytes: Buffer): number {
  const short = bytes[1] % 128;
  return 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + (bytes[1] >= 128 ? 4 : 0);
}

function payloadSize(bytes: Buffer): number {
  const short = bytes[1] % 128;
  if (short < 126) return short;
  return short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

/** The body of a Close frame. */
export function closeBody(code: number, reason: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
