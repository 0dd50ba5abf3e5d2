import { Buffer } from 'node:buffer';

/**
 * The native methods that `buf.toString('latin1')` and `buf.write` call. The checks those make
 * first cost as much as a short string does; and finding the method anew for each string, 10 ns.
 */
interface StringMethods {
  readonly latin1Slice: (this: Buffer, start: number, end: number) => string;
  readonly utf8Write: (this: Buffer, text: string, at: number) => number;
  readonly ucs2Write: (this: Buffer, text: string, at: number) => number;
  readonly ucs2Slice: (this: Buffer, start: number, end: number) => string;
}

const { latin1Slice, utf8Write, ucs2Write, ucs2Slice } =
  Buffer.prototype as unknown as StringMethods;

/** Decodes Latin-1, of which ASCII is a part: `bytes[start, end)`. */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

/** Writes text as UTF-8 at `at`, where there is room for it, and returns the bytes it took. */
export function writeUtf8(bytes: Buffer, text: string, at: number): number {
  return utf8Write.call(bytes, text, at);
}

/**
 * Writes text as UTF-16 (little-endian) at `at`, where there is room for it, and
 * returns the bytes it took.
 */
export function writeUtf16(bytes: Buffer, text: string, at: number): number {
  return ucs2Write.call(bytes, text, at);
}

/** Decodes UTF-16 (little-endian). */
export function readUtf16(bytes: Buffer, start: number, end: number): string {
  return ucs2Slice.call(bytes, start, end);
}
