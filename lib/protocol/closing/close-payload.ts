import { isUtf8 } from 'node:buffer';
import { InvalidUse } from '../invalid-use.js';
import { ProtocolViolation } from '../protocol-violation.js';
import { MAX_CONTROL_PAYLOAD } from '../frame/opcode.js';
import { CLOSE_CODE, isCloseCode } from './close-codes.js';

const CODE_BYTES = 2;

/** Room for a reason (RFC 6455 5.5). */
export const MAX_REASON_BYTES = MAX_CONTROL_PAYLOAD - CODE_BYTES;

/** What a Close frame says (RFC 6455 5.5.1). */
export interface ClosePayload {
  /** 1005 where the frame had no body. */
  readonly code: number;
  readonly reason: string;
}

/** Reads the body of a Close frame; throws {@link ProtocolViolation} where it is not a legal one. */
export function readClosePayload(payload: Buffer): ClosePayload {
  if (payload.length === 0) return { code: CLOSE_CODE.NO_STATUS, reason: '' };
  if (payload.length === 1) throw new ProtocolViolation('close-payload-too-short');
  const code = payload.readUInt16BE(0);
  if (!isCloseCode(code)) throw new ProtocolViolation('close-code-invalid');
  const reason = payload.subarray(CODE_BYTES);
  if (!isUtf8(reason)) throw new ProtocolViolation('close-reason-not-utf8');
  return { code, reason: reason.toString('utf8') };
}

/** The body of a Close frame; throws {@link InvalidUse} where no endpoint may send it. */
export function writeClosePayload(code: number | undefined, reason: string): Buffer {
  if (code === undefined) {
    if (reason !== '') throw new InvalidUse('close: a reason needs a code before it');
    return Buffer.alloc(0);
  }
  if (!Number.isInteger(code) || !isCloseCode(code)) {
    throw new InvalidUse(
      `close: ${code} is not a code an endpoint may send; expected 1000-1003, 1007-1014 or 3000-4999`,
    );
  }
  const reasonBytes = Buffer.byteLength(reason);
  if (reasonBytes > MAX_REASON_BYTES) {
    throw new InvalidUse(
      `close: the reason takes ${reasonBytes} bytes of UTF-8; at most ${MAX_REASON_BYTES} fit`,
    );
  }
  const payload = Buffer.allocUnsafe(CODE_BYTES + reasonBytes);
  payload.writeUInt16BE(code, 0);
  payload.write(reason, CODE_BYTES, 'utf8');
  return payload;
}
