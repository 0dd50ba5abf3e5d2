/**
 * A naive inflater (RFC 1951) that, unlike zlib, refuses every reference that reaches further back than the window:
 * it shows whether the sender kept to the window that was agreed on.
 */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_BITS = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const TAIL = [0x00, 0x00, 0xff, 0xff];

/** Codes of one Huffman alphabet: how many there are of each length, and the symbols in order of their codes. */
interface Huffman {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

class Bits {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      if (this.atEnd) throw new Error('deflate data ends inside a block');
      value |= ((this.#bytes[this.#at >> 3] >> (this.#at & 7)) & 1) << i;
    }
    return value;
  }

  toNextOctet(): void {
    while (this.#at % 8 !== 0) {
      if (this.read(1) !== 0) throw new Error('padding bits that are not 0');
    }
  }

  symbol({ counts, symbols }: Huffman): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length++) {
      code |= this.read(1);
      const count = counts[length];
      if (code - first < count) return symbols[index + code - first];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new Error('no such Huffman code');
  }
}

export interface Window {
  /** What earlier messages left in the window; empty without context takeover. */
  readonly history: Buffer;
  /** Size of the window in octets. */
  readonly size: number;
}

/** The payload of one compressed message, inflated as RFC 7692 section 7.2.2 says: the tail added back first. */
export function inflateMessage(payload: Buffer, window: Window): Buffer {
  const bits = new Bits(Buffer.concat([payload, Buffer.from(TAIL)]));
  const out = [...window.history.subarray(-window.size)];
  const start = out.length;
  while (!bits.atEnd) {
    const final = bits.read(1) === 1;
    inflateBlock(bits, bits.read(2), out, window.size);
    if (final) bits.toNextOctet();
  }
  return Buffer.from(out.slice(start));
}

function inflateBlock(bits: Bits, type: number, out: number[], window: number): void {
  if (type === 0) return copyStored(bits, out);
  if (type === 3) throw new Error('block type 3');
  const { literals, distances } = type === 1 ? fixedCodes() : readCodes(bits);
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol === 256) return;
    if (symbol < 256) out.push(symbol);
    else copyMatch(bits, symbol - 257, distances, out, window);
  }
}

function copyStored(bits: Bits, out: number[]): void {
  bits.toNextOctet();
  const length = bits.read(16);
  if (bits.read(16) !== (length ^ 0xffff)) throw new Error('stored block of unclear length');
  for (let i = 0; i < length; i++) out.push(bits.read(8));
}

function copyMatch(
  bits: Bits,
  code: number,
  distances: Huffman,
  out: number[],
  window: number,
): void {
  const length = LENGTH_BASE[code] + bits.read(LENGTH_BITS[code]);
  const symbol = bits.symbol(distances);
  const distance = DISTANCE_BASE[symbol] + bits.read(DISTANCE_BITS[symbol]);
  if (distance > window)
    throw new Error(`reaches back ${distance} octets, the window has ${window}`);
  if (distance > out.length)
    throw new Error(`reaches back ${distance} octets, there are ${out.length}`);
  for (let i = 0; i < length; i++) out.push(out[out.length - distance]);
}

function fixedCodes(): { readonly literals: Huffman; readonly distances: Huffman } {
  const lengths = Array.from({ length: 288 }, (_, i) =>
    i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
  );
  return { literals: codesOf(lengths), distances: codesOf(Array.from({ length: 30 }, () => 5)) };
}

function readCodes(bits: Bits): { readonly literals: Huffman; readonly distances: Huffman } {
  const literalCount = bits.read(5) + 257;
  const distanceCount = bits.read(5) + 1;
  const codeCount = bits.read(4) + 4;
  const codeLengths = Array.from({ length: 19 }, () => 0);
  for (let i = 0; i < codeCount; i++) codeLengths[CODE_LENGTH_ORDER[i]] = bits.read(3);
  const lengthCodes = codesOf(codeLengths);
  const lengths: number[] = [];
  while (lengths.length < literalCount + distanceCount) {
    const symbol = bits.symbol(lengthCodes);
    if (symbol < 16) lengths.push(symbol);
    else lengths.push(...repeated(bits, symbol, lengths.at(-1)));
  }
  return {
    literals: codesOf(lengths.slice(0, literalCount)),
    distances: codesOf(lengths.slice(literalCount)),
  };
}

function repeated(bits: Bits, symbol: number, previous: number | undefined): number[] {
  if (symbol !== 16) {
    return Array.from({ length: symbol === 17 ? 3 + bits.read(3) : 11 + bits.read(7) }, () => 0);
  }
  if (previous === undefined) throw new Error('repeats a length before there is one');
  return Array.from({ length: 3 + bits.read(2) }, () => previous);
}

function codesOf(lengths: readonly number[]): Huffman {
  const counts = Array.from({ length: 16 }, () => 0);
  for (const length of lengths) if (length > 0) counts[length]++;
  const symbols = [...lengths.keys()]
    .filter((symbol) => lengths[symbol] > 0)
    .sort((a, b) => lengths[a] - lengths[b] || a - b);
  return { counts, symbols };
}
