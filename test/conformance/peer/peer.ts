import { PeerDeflate, type DeflateParameters } from './deflate.js';
import * as wire from './frame.js';
import { IncomingMessages, type Incoming } from './incoming.js';
import { CLOSING_DEADLINE, type Chop, type Wire } from './wire.js';

/** Which side of the connection the peer plays. */
export type PeerRole = 'client' | 'server';

/** A frame as a case writes it: whatever is left out is what an honest peer would send. */
export interface OutgoingFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  readonly rsv?: number;
  /** 'wrong': unmasked from the client, masked from the server. */
  readonly mask?: 'wrong' | Buffer;
  readonly lengthForm?: wire.LengthForm;
  readonly declaredLength?: bigint;
  /** The payload is compressed first, with the context the peer has; RSV1 is set. */
  readonly compress?: boolean;
  /** How many octets of the payload are sent; the header still claims all of it. */
  readonly cut?: number;
}

export type Outgoing = OutgoingFrame | { readonly octets: Buffer };

/** One WebSocket connection as the suite sees it: writes any frame, right or wrong, and judges each that comes. */
export class Peer {
  readonly wire: Wire;
  readonly incoming: IncomingMessages;
  readonly #role: PeerRole;
  readonly #deflate: PeerDeflate | undefined;
  #masked = 0;

  constructor(connection: Wire, role: PeerRole, agreed?: DeflateParameters) {
    this.wire = connection;
    this.#role = role;
    if (agreed) {
      const theirs = role === 'client' ? agreed.server : agreed.client;
      this.#deflate = new PeerDeflate(role === 'client' ? agreed.client : agreed.server, theirs);
    }
    this.incoming = new IncomingMessages(role, this.#deflate);
  }

  async send(parts: readonly Outgoing[], chop: Chop): Promise<void> {
    await this.wire.send(
      parts.map((part) => this.#octetsOf(part)),
      chop,
    );
  }

  /** The next whole message or control frame. */
  async next(what: string): Promise<Incoming> {
    for (;;) {
      const frame = await this.wire.take(what, (bytes) => {
        const read = wire.readFrame(bytes, 0);
        return read && { value: read.frame, used: read.next };
      });
      const complete = this.incoming.accept(frame);
      if (complete) return complete;
    }
  }

  /** Waits until the other side has closed TCP; nothing may come before that. */
  async nothingButTheEnd(): Promise<void> {
    const read = (bytes: Buffer, ended: boolean): { value: void; used: number } | undefined => {
      if (bytes.length > 0)
        throw new Error(`octets after the last frame: ${bytes.toString('hex')}`);
      return ended ? { value: undefined, used: 0 } : undefined;
    };
    await this.wire.take('the end of the connection', read, CLOSING_DEADLINE);
  }

  #octetsOf(part: Outgoing): Buffer {
    if ('octets' in part) return part.octets;
    const payload = part.compress ? this.#compress(part.payload) : part.payload;
    const octets = wire.writeFrame({
      opcode: part.opcode,
      fin: part.fin ?? true,
      rsv: (part.rsv ?? 0) | (part.compress ? 4 : 0),
      maskKey: this.#maskKey(part.mask),
      lengthForm: part.lengthForm,
      declaredLength: part.declaredLength,
      payload,
    });
    return part.cut === undefined
      ? octets
      : octets.subarray(0, octets.length - payload.length + part.cut);
  }

  #compress(payload: Buffer): Buffer {
    if (!this.#deflate)
      throw new Error('this case needs permessage-deflate, which was not agreed on');
    return this.#deflate.compress(payload);
  }

  /** A different key for every frame; every fourth one is all zero, which is as legal as any. */
  #maskKey(wanted: OutgoingFrame['mask']): Buffer | undefined {
    if (Buffer.isBuffer(wanted)) return wanted;
    const masks = (this.#role === 'client') !== (wanted === 'wrong');
    if (!masks) return undefined;
    const key = Buffer.alloc(4);
    if (++this.#masked % 4 !== 0) key.writeUInt32BE((this.#masked * 0x9e3779b1) % 2 ** 32);
    return key;
  }
}
