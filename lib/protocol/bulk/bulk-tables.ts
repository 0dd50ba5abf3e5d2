// Tables that tell `bulk.wat` which bytes of a vector to keep. 8 KiB, computed at start-up.

const VECTOR = 16;

/** Every set of eight bits is an index of both tables. */
const SETS = 2 ** 8;

/** In a shuffle, an index that yields a zero byte. */
const NONE = 0xff;

/** Code units of a vector that is decoded, and bytes of each. */
const UNITS = 8;
const UNIT = 2;

/** Characters of a vector that is encoded, and bytes of each. */
const CHARACTERS = 4;
const LANE = 4;

/** Where the second table begins. */
const LENGTHS_AT = SETS * VECTOR;

/** Bytes of both tables. */
export const TABLES_LENGTH = 2 * LENGTHS_AT;

/** Fills in the tables of `decode` and `encode`. */
export function writeBulkTables(tables: Buffer): void {
  tables.fill(NONE);
  for (let bits = 0; bits < SETS; bits++) {
    tables.set(unitsOf(bits), bits * VECTOR);
    tables.set(bytesOf(bits), LENGTHS_AT + bits * VECTOR);
  }
}

/** The bytes of the units whose bits are set. */
function unitsOf(bits: number): number[] {
  const bytes: number[] = [];
  for (let unit = 0; unit < UNITS; unit++) {
    if (hasBit(bits, unit)) bytes.push(UNIT * unit, UNIT * unit + 1);
  }
  return bytes;
}

/**
 * The bytes of four characters: `lengths` has a bit for each that takes more than one, and above
 * these one for each that takes more than two.
 */
function bytesOf(lengths: number): number[] {
  const bytes: number[] = [];
  for (let lane = 0; lane < CHARACTERS; lane++) {
    const takesTwo = hasBit(lengths, lane);
    const takesThree = hasBit(lengths, lane + CHARACTERS);
    const places = takesThree ? [0, 2, 3] : takesTwo ? [2, 3] : [0];
    bytes.push(...places.map((place) => lane * LANE + place));
  }
  return bytes;
}

function hasBit(bits: number, index: number): boolean {
  return ((bits >> index) & 1) === 1;
}
