/** How many typing errors a name may have to be recognized. */
const MOST_EDITS = 2;
/** How many UTF-16 units that makes at most. */
const MOST_UNITS = 2 * MOST_EDITS;

/** The name that was probably meant by another one; `undefined` when none is like it. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    // A name of any length may come from outside, and comparing takes the product of both lengths.
    .filter((candidate) => Math.abs(candidate.length - name.length) <= MOST_UNITS)
    .map((candidate) => ({ candidate, edits: countEdits(name, candidate) }))
    .filter(({ edits }) => edits <= MOST_EDITS)
    .toSorted((one, other) => one.edits - other.edits);
  return nearest?.candidate;
}

/** Letters to add, take away or exchange until two names are one, whatever their case (Levenshtein). */
function countEdits(one: string, other: string): number {
  const letters = Array.from(other.toLowerCase());
  let row = Array.from({ length: letters.length + 1 }, (_, length) => length);
  for (const [index, letter] of Array.from(one.toLowerCase()).entries()) {
    const next = [index + 1];
    for (const [at, candidate] of letters.entries()) {
      const exchange = row[at] + (candidate === letter ? 0 : 1);
      next.push(Math.min(exchange, row[at + 1] + 1, next[at] + 1));
    }
    row = next;
  }
  return row[letters.length];
}
