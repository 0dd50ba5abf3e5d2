/**
 * The native methods that `buf.toString('latin1')` and `buf.write` call. The checks those make
 * first cost as much as a short string does.
 */
interface StringMethods {
  latin1Slice(start: number, end: number): string;
  utf8Write(text: string, at: number): number;
  ucs2Write(text: string, at: number): number;
  ucs2Slice(start: number, end: number): string;
}

/** Decodes Latin-1, of which ASCII is a part: `bytes[start, end)`. */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & StringMethods).latin1Slice(start, end);
}

/** Writes text as UTF-8 at `at`, where there is room for it, and returns the bytes it took. */
export function writeUtf8(bytes: Buffer, text: string, at: number): number {
  return (bytes as Buffer & StringMethods).utf8Write(text, at);
}

/** Writes text as UTF-16 (little-endian) at `at`, where there is room for it, and returns the bytes it took. */
export function writeUtf16(bytes: Buffer, text: string, at: number): number {
  return (bytes as Buffer & StringMethods).ucs2Write(text, at);
}

/** Decodes UTF-16 (little-endian). */
export function readUtf16(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & StringMethods).ucs2Slice(start, end);
}
