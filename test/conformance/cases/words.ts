/** The words cases are written in: frames to send, and what is expected back. */
import * as wire from '../peer/frame.js';
import type { OutgoingFrame } from '../peer/peer.js';
import type { Expected } from './case.js';

type Data = string | Buffer;
type Extras = Partial<Omit<OutgoingFrame, 'opcode' | 'payload'>>;

export function octets(data: Data): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : data;
}

export function hex(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}

export function frame(opcode: number, data: Data = '', extras: Extras = {}): OutgoingFrame {
  return { opcode, payload: octets(data), ...extras };
}

export function text(data: Data, extras: Extras = {}): OutgoingFrame {
  return frame(wire.TEXT, data, extras);
}

export function binary(data: Data, extras: Extras = {}): OutgoingFrame {
  return frame(wire.BINARY, data, extras);
}

/** The last frame of a fragmented message, unless `fin` says otherwise. */
export function continuation(data: Data, extras: Extras = {}): OutgoingFrame {
  return frame(wire.CONTINUATION, data, extras);
}

export function ping(data: Data = '', extras: Extras = {}): OutgoingFrame {
  return frame(wire.PING, data, extras);
}

export function pong(data: Data = '', extras: Extras = {}): OutgoingFrame {
  return frame(wire.PONG, data, extras);
}

export function close(code?: number, reason: Data = '', extras: Extras = {}): OutgoingFrame {
  return frame(wire.CLOSE, closePayload(code, octets(reason)), extras);
}

function closePayload(code: number | undefined, reason: Buffer): Buffer {
  if (code === undefined) return reason;
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, reason]);
}

/** A message in frames of `size` octets. */
export function fragments(opcode: number, data: Data, size: number): readonly OutgoingFrame[] {
  const all = octets(data);
  const frames: OutgoingFrame[] = [];
  for (let at = 0; at === 0 || at < all.length; at += size) {
    const fin = at + size >= all.length;
    frames.push(frame(at === 0 ? opcode : wire.CONTINUATION, all.subarray(at, at + size), { fin }));
  }
  return frames;
}

export function gotText(data: Data): Expected {
  return { kind: 'message', type: 'text', data: octets(data) };
}

export function gotBinary(data: Data): Expected {
  return { kind: 'message', type: 'binary', data: octets(data) };
}

export function gotPing(data: Data = ''): Expected {
  return { kind: 'ping', data: octets(data) };
}

export function gotPong(data: Data = ''): Expected {
  return { kind: 'pong', data: octets(data) };
}

/** The closing handshake with one of these codes, and TCP closed; undefined stands for an empty Close frame. */
export function gotClose(...codes: readonly (number | undefined)[]): readonly Expected[] {
  return [{ kind: 'close', codes }, { kind: 'end' }];
}

export const PROTOCOL_ERROR = gotClose(1002);
export const INVALID_DATA = gotClose(1007);
export const TOO_BIG = gotClose(1009);
