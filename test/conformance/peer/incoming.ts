import type { PeerDeflate } from './deflate.js';
import * as wire from './frame.js';
import type { PeerRole } from './peer.js';

/** What the subject sent, reassembled. */
export type Incoming =
  | {
      readonly kind: 'message';
      readonly type: 'text' | 'binary';
      readonly data: Buffer;
      readonly compressed: boolean;
    }
  | { readonly kind: 'ping' | 'pong'; readonly data: Buffer }
  | { readonly kind: 'close'; readonly code: number | undefined; readonly reason: string };

/** Puts the subject's frames together, and refuses every frame that it had no right to send. */
export class IncomingMessages {
  /** The masking keys seen, in order. */
  readonly maskKeys: Buffer[] = [];
  readonly #role: PeerRole;
  readonly #deflate: PeerDeflate | undefined;
  #fragments: wire.Frame[] = [];
  #closed = false;

  constructor(role: PeerRole, deflate: PeerDeflate | undefined) {
    this.#role = role;
    this.#deflate = deflate;
  }

  /** The message or control frame that this frame completes. */
  accept(frame: wire.Frame): Incoming | undefined {
    const fault = this.#faultOf(frame);
    if (fault) throw new Error(`illegal frame from the subject: ${fault}`);
    if (frame.maskKey) this.maskKeys.push(frame.maskKey);
    if (frame.opcode >= 8) return this.#control(frame);
    this.#fragments.push(frame);
    return frame.fin ? this.#message() : undefined;
  }

  /** RFC 6455 sections 5.1 to 5.5 and RFC 7692 section 6, as far as one frame shows. */
  #faultOf(frame: wire.Frame): string | undefined {
    const isControl = frame.opcode >= 8;
    const isFirst = !isControl && this.#fragments.length === 0;
    const mayHaveRsv1 = this.#deflate !== undefined && isFirst && frame.opcode !== 0;
    if (this.#closed) return 'sent after its Close frame';
    if (![0, 1, 2, 8, 9, 10].includes(frame.opcode)) return `opcode ${frame.opcode}`;
    if ((frame.maskKey !== undefined) !== (this.#role === 'server')) return 'masked the wrong way';
    if (frame.rsv !== 0 && !(mayHaveRsv1 && frame.rsv === 4)) return `reserved bits ${frame.rsv}`;
    if (frame.lengthForm !== wire.shortestForm(BigInt(frame.payload.length)))
      return 'a long length';
    if (isControl && !frame.fin) return 'fragmented control frame';
    if (isControl && frame.payload.length > 125) return 'control frame above 125 octets';
    if (!isControl && isFirst !== (frame.opcode !== 0)) return 'a message inside another';
    return undefined;
  }

  #control(frame: wire.Frame): Incoming {
    const data = frame.payload;
    if (frame.opcode === wire.PING) return { kind: 'ping', data };
    if (frame.opcode === wire.PONG) return { kind: 'pong', data };
    this.#closed = true;
    if (data.length === 0) return { kind: 'close', code: undefined, reason: '' };
    const code = data.readUInt16BE(0);
    if (!isSendableCode(code)) throw new Error(`close code ${code} on the wire`);
    return { kind: 'close', code, reason: utf8(data.subarray(2)) };
  }

  #message(): Incoming {
    const first = this.#fragments[0];
    const compressed = first.rsv === 4;
    const payload = Buffer.concat(this.#fragments.map((frame) => frame.payload));
    this.#fragments = [];
    const data = compressed && this.#deflate ? this.#deflate.decompress(payload) : payload;
    if (first.opcode === wire.TEXT) utf8(data);
    const type = first.opcode === wire.TEXT ? 'text' : 'binary';
    return { kind: 'message', type, data, compressed };
  }
}

/** RFC 6455 section 7.4: what may stand in a Close frame; 1012 to 1014 were registered later. */
function isSendableCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

function utf8(data: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
}
