import { OPCODE } from '../frame/opcode.js';
import { FIN, frameHeaderLength, writeFrameHeader } from '../frame/frame-header.js';

/**
 * A message framed once, to be sent to many. The frame is that of a server: unmasked, uncompressed,
 * unfragmented. Every connection that needs no other sends these very bytes.
 */
export interface PreparedMessage {
  /** Bytes, or text in UTF-8. */
  readonly isBinary: boolean;
  /** The payload, for connections that must mask or compress it. */
  readonly payload: Buffer;
  /** Header and payload together. Never changed after preparation. */
  readonly frame: Buffer;
}

/** Frames a message once. A string is sent as text; bytes as binary unless `binary` is false. */
export function prepareMessage(
  data: string | Uint8Array,
  options: { readonly binary?: boolean } = {},
): PreparedMessage {
  const isBinary = options.binary ?? typeof data !== 'string';
  const length = typeof data === 'string' ? Buffer.byteLength(data) : data.length;
  const headerLength = frameHeaderLength(length, false);
  const frame = Buffer.allocUnsafeSlow(headerLength + length);
  writeFrameHeader(frame, 0, FIN | (isBinary ? OPCODE.BINARY : OPCODE.TEXT), length, undefined);
  if (typeof data === 'string') frame.write(data, headerLength, 'utf8');
  else frame.set(data, headerLength);
  return { isBinary, frame, payload: frame.subarray(headerLength) };
}
