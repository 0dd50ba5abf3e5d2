/** The one extension of MessagePack that `wsgate.v1.msgpack` takes: a timestamp. */
const TIMESTAMP = -1;
const MAX_DEPTH = 1_000;

/**
 * Throws unless the bytes are one MessagePack value of plain data: no extension but the timestamp,
 * nothing nested deeper than 1000, no length beyond the end. Decoders give extensions meanings that
 * a client must not choose: msgpackr's build classes, regular expressions and shared structures.
 */
export function assertPlainMsgpack(bytes: Uint8Array): void {
  const scan = new MsgpackScan(bytes);
  // How many values are still to come at each depth.
  const open = [1];
  while (open.length > 0) {
    const last = open.length - 1;
    if (open[last] === 0) {
      open.pop();
      continue;
    }
    open[last] = (open[last] ?? 0) - 1;
    const children = scan.skipHead();
    if (children === 0) continue;
    if (open.length === MAX_DEPTH) throw new RangeError('MessagePack nested too deeply');
    open.push(children);
  }
  if (!scan.isAtEnd) throw new RangeError('MessagePack with something behind it');
}

class MsgpackScan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Skips one value, or the head of one that holds others; answers how many these are. */
  skipHead(): number {
    const token = this.#readUint(1);
    if (token <= 0x7f || token >= 0xe0) return 0;
    if (token <= 0x8f) return (token & 0x0f) * 2;
    if (token <= 0x9f) return token & 0x0f;
    if (token <= 0xbf) return this.#skip(token & 0x1f);
    return this.#skipLong(token);
  }

  /** The tokens of the specification's format table from 0xc0 to 0xdf. */
  #skipLong(token: number): number {
    switch (token) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return 0;
      case 0xc4: // bin 8, 16, 32
      case 0xc5:
      case 0xc6:
        return this.#skip(this.#readUint(1 << (token - 0xc4)));
      case 0xc7: // ext 8, 16, 32
      case 0xc8:
      case 0xc9:
        return this.#skipExtension(this.#readUint(1 << (token - 0xc7)));
      case 0xca: // float 32, 64
      case 0xcb:
        return this.#skip(4 << (token - 0xca));
      case 0xcc: // uint 8, 16, 32, 64
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#skip(1 << (token - 0xcc));
      case 0xd0: // int 8, 16, 32, 64
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#skip(1 << (token - 0xd0));
      case 0xd4: // fixext 1, 2, 4, 8, 16
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#skipExtension(1 << (token - 0xd4));
      case 0xd9: // str 8, 16, 32
      case 0xda:
      case 0xdb:
        return this.#skip(this.#readUint(1 << (token - 0xd9)));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.#readUint(2 << (token - 0xdc));
      case 0xde: // map 16, 32
      case 0xdf:
        return this.#readUint(2 << (token - 0xde)) * 2;
      default: // 0xc1 is never used
        throw new RangeError('not MessagePack');
    }
  }

  #skipExtension(length: number): number {
    const type = this.#view.getInt8(this.#at);
    if (type !== TIMESTAMP) throw new RangeError('MessagePack with an extension');
    return this.#skip(1 + length);
  }

  #skip(length: number): 0 {
    if (length > this.#bytes.length - this.#at) throw new RangeError('MessagePack cut short');
    this.#at += length;
    return 0;
  }

  /** Throws RangeError beyond the end, as DataView does. */
  #readUint(width: number): number {
    const at = this.#at;
    this.#at += width;
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }
}
