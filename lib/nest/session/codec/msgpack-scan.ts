/** The one extension of MessagePack that `wsgate.v1.msgpack` takes: a timestamp. */
const TIMESTAMP = -1;

/**
 * Skips through MessagePack value by value, without decoding. Throws RangeError if it is not plain:
 * see `assertPlainMsgpack`.
 */
export class MsgpackScan {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Bytes that have been gone through. */
  get position(): number {
    return this.#at;
  }

  /** Members and items that the arrays and maps met so far have, or say they have. */
  get values(): number {
    return this.#values;
  }

  /** Skips one value, or the head of one that holds others; returns how many these are. */
  skipHead(): number {
    const token = this.#readUint(1);
    if (token <= 0x7f || token >= 0xe0) return 0;
    if (token <= 0x8f) return this.#enterMap(token & 0x0f);
    if (token <= 0x9f) return this.#enterArray(token & 0x0f);
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
        return this.#enterArray(this.#readUint(2 << (token - 0xdc)));
      case 0xde: // map 16, 32
      case 0xdf:
        return this.#enterMap(this.#readUint(2 << (token - 0xde)));
      default: // 0xc1 is never used
        throw new RangeError('not MessagePack');
    }
  }

  #enterArray(items: number): number {
    this.#values += items;
    return items;
  }

  /** Keys are values to skip, but none to count. */
  #enterMap(members: number): number {
    this.#values += members;
    return members * 2;
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
