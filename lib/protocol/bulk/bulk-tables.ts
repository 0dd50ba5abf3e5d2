// Tables that tell `bulk.wat` how to shuffle the bytes of four characters at once. 24 KiB, computed
// at start-up by a few lines of code.

const CHARACTERS = 4;
const VECTOR = 16;

/** Bytes of a vector lane. Each character gets one, with room for three bytes of UTF-8. */
const LANE = 4;
const LONGEST = 3;

/** In a shuffle, an index that yields a zero byte. */
const NONE = 0xff;

/** How many bytes four characters may take. */
const WINDOW = CHARACTERS * LONGEST;

/** Where in the tables each begins. */
const ENTRIES_AT = 0;
const ROWS_AT = 2 << WINDOW;
const SHUFFLES_AT = ROWS_AT + 0x1000;
const SHORT_ROWS_AT = SHUFFLES_AT + 0x1000;
const SHORT_SHUFFLES_AT = SHORT_ROWS_AT + 0x1000;

/** Bytes of all tables. */
export const TABLES_LENGTH = SHORT_SHUFFLES_AT + 0x1000;

/** Fills in the tables of `decode` and `encode`. */
export function writeBulkTables(tables: Buffer): void {
  tables.fill(NONE, ROWS_AT);
  writeDecodingTables(tables);
  for (let bits = 0; bits < 2 ** (2 * CHARACTERS); bits++) {
    tables.set(bytesInOrder(bits), SHUFFLES_AT + bits * VECTOR);
    tables.set(spreadShort(bits), SHORT_ROWS_AT + bits * VECTOR);
    tables.set(shortInOrder(bits), SHORT_SHUFFLES_AT + bits * VECTOR);
  }
}

/**
 * For every set of places, of twelve, where characters end: how many bytes the first four take, and
 * which row spreads them. 0 where one of them is longer than three.
 */
function writeDecodingTables(tables: Buffer): void {
  for (let ends = 0; ends < 2 ** WINDOW; ends++) {
    const lengths = lengthsOf(ends);
    const row = VECTOR * lengths.reduce((index, length) => index * LONGEST + length - 1, 0);
    const used = lengths.reduce((sum, length) => sum + length, 0);
    const isComplete = lengths.length === CHARACTERS;
    tables.writeUInt16LE(isComplete ? row | used : 0, ENTRIES_AT + 2 * ends);
    if (isComplete) tables.set(spread(lengths), ROWS_AT + row);
  }
}

/** The lengths of the first four characters; fewer, if one is longer than three bytes. */
function lengthsOf(ends: number): number[] {
  const lengths: number[] = [];
  for (let at = 0, start = 0; lengths.length < CHARACTERS && at - start < LONGEST; at++) {
    if ((ends & (1 << at)) === 0) continue;
    lengths.push(at + 1 - start);
    start = at + 1;
  }
  return lengths;
}

/** Each character's bytes into a lane of its own, last byte first. */
function spread(lengths: readonly number[]): Uint8Array {
  const row = new Uint8Array(VECTOR).fill(NONE);
  let end = 0;
  for (const [lane, length] of lengths.entries()) {
    end += length;
    for (let i = 0; i < length; i++) row[lane * LANE + i] = end - 1 - i;
  }
  return row;
}

/** The reverse: `lengths` has a bit for each character beyond one byte, and above these one for each beyond two. */
function bytesInOrder(lengths: number): number[] {
  const bytes: number[] = [];
  for (let lane = 0; lane < CHARACTERS; lane++) {
    const isBeyondOne = (lengths >> lane) & 1;
    const isBeyondTwo = (lengths >> (lane + CHARACTERS)) & 1;
    for (let i = isBeyondOne + isBeyondTwo; i >= 0; i--) bytes.push(lane * LANE + i);
  }
  return bytes;
}

/** For every set of places, of eight, where characters of up to two bytes end: each into 16 bits of its own, last byte first. */
function spreadShort(ends: number): number[] {
  const row: number[] = [];
  for (let at = 0, start = 0; at < 8; at++) {
    if ((ends & (1 << at)) === 0) continue;
    row.push(at, at > start ? at - 1 : NONE);
    start = at + 1;
  }
  return row;
}

/** The reverse: a bit in `lengths` for each of eight characters that has two bytes, first byte first. */
function shortInOrder(lengths: number): number[] {
  const bytes: number[] = [];
  for (let lane = 0; lane < 8; lane++) {
    bytes.push(2 * lane);
    if ((lengths & (1 << lane)) !== 0) bytes.push(2 * lane + 1);
  }
  return bytes;
}
