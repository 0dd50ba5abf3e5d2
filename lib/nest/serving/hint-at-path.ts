/** How many segments a global prefix is thought to have at most: `/api/v1`. */
const LONGEST_PREFIX = 3;

/** How many paths are named where none is like it. */
const MOST_LISTED = 8;

/**
 * For the log line of a path that no gateway has: what is wrong with it, or which ones there are.
 * What the client sent is not in it.
 *
 * @param find the gateway's path that a path belongs to, as it is declared
 */
export function hintAtPath(
  path: string,
  find: (path: string) => string | undefined,
  declared: readonly string[],
): string {
  if (declared.length === 0)
    return '; there is none at all: are they among the providers of a module?';
  const bare = find(path.replace(/\/$/, ''));
  if (bare !== undefined) return `; without the slash at its end it would be "${bare}"`;
  const small = find(path.toLowerCase());
  if (small !== undefined) return `; in lower case it would be "${small}"`;
  const end = findWithoutPrefix(path, find);
  if (end !== undefined) {
    return `; without its beginning it would be "${end}"; the global prefix does not apply`;
  }
  if (declared.length > MOST_LISTED) return '';
  return `; there are ${declared.map((one) => `"${one}"`).join(', ')}`;
}

function findWithoutPrefix(
  path: string,
  find: (path: string) => string | undefined,
): string | undefined {
  let start = 0;
  for (let dropped = 0; dropped < LONGEST_PREFIX; dropped += 1) {
    start = path.indexOf('/', start + 1);
    if (start === -1) return undefined;
    const found = find(path.slice(start));
    if (found !== undefined) return found;
  }
  return undefined;
}
