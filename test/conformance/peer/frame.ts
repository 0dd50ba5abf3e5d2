/**
 * A second, naive frame reader and writer (RFC 6455 section 5.2), written with plain loops.
 * It shares no code with the engine, so that the engine can be judged by it.
 */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** How the payload length is written: in the 7 bits, in 16 more, or in 64 more. */
export type LengthForm = 7 | 16 | 64;

export interface Frame {
  readonly fin: boolean;
  /** The three reserved bits as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly maskKey: Buffer | undefined;
  readonly lengthForm: LengthForm;
  readonly payload: Buffer;
}

/** The frame that starts at `at`, unmasked, and where the next one starts; undefined while octets are missing. */
export function readFrame(
  bytes: Buffer,
  at: number,
): { readonly frame: Frame; readonly next: number } | undefined {
  let next = at + 2;
  if (bytes.length < next) return undefined;
  let length = bytes[at + 1] & 0x7f;
  const lengthForm = length === 126 ? 16 : length === 127 ? 64 : 7;
  const extra = lengthForm === 7 ? 0 : lengthForm / 8;
  if (bytes.length < next + extra) return undefined;
  if (extra > 0) length = 0;
  for (let i = 0; i < extra; i++) length = length * 256 + bytes[next + i];
  next += extra;
  const maskLength = bytes[at + 1] >= 128 ? 4 : 0;
  if (bytes.length < next + maskLength + length) return undefined;
  const maskKey = maskLength > 0 ? Buffer.from(bytes.subarray(next, next + 4)) : undefined;
  next += maskLength;
  const payload = mask(bytes.subarray(next, next + length), maskKey);
  const rsv = (bytes[at] >> 4) & 7;
  const fin = bytes[at] >= 128;
  const frame = { fin, rsv, opcode: bytes[at] & 15, maskKey, lengthForm, payload } as const;
  return { frame, next: next + length };
}

export interface FrameToWrite {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin: boolean;
  readonly rsv: number;
  readonly maskKey: Buffer | undefined;
  /** Overrides the shortest form. */
  readonly lengthForm?: LengthForm | undefined;
  /** Overrides the length that the header claims. */
  readonly declaredLength?: bigint | undefined;
}

export function writeFrame(frame: FrameToWrite): Buffer {
  const length = frame.declaredLength ?? BigInt(frame.payload.length);
  const form = frame.lengthForm ?? shortestForm(length);
  const head = [
    (frame.fin ? 128 : 0) + frame.rsv * 16 + frame.opcode,
    (frame.maskKey ? 128 : 0) + (form === 7 ? Number(length) : form === 16 ? 126 : 127),
  ];
  if (form > 7) {
    for (let bits = BigInt(form) - 8n; bits >= 0n; bits -= 8n) {
      head.push(Number((length >> bits) & 255n));
    }
  }
  if (frame.maskKey) head.push(...frame.maskKey);
  return Buffer.concat([Buffer.from(head), mask(frame.payload, frame.maskKey)]);
}

/** RFC 6455 section 5.2: "the minimal number of bytes MUST be used to encode the length". */
export function shortestForm(length: bigint): LengthForm {
  if (length < 126n) return 7;
  return length < 65536n ? 16 : 64;
}

/** RFC 6455 section 5.3, octet by octet; the same for masking and unmasking. Always a copy. */
function mask(payload: Buffer, key: Buffer | undefined): Buffer {
  const result = Buffer.from(payload);
  if (key) for (let i = 0; i < result.length; i++) result[i] = result[i] ^ key[i % 4];
  return result;
}
