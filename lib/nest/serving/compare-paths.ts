/**
 * Orders paths so that the one that says more about a URL comes first: `/chat/lobby` before
 * `/chat/:room` before `/chat/*rest`, whatever order they were declared in.
 */
export function comparePaths(one: string, other: string): number {
  const others = other.split('/');
  for (const [index, segment] of one.split('/').entries()) {
    const difference = rank(segment) - rank(others[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Ranks a literal segment before a parameter, a wildcard and an optional group; a path that has
 * ended comes last.
 */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (/[*{]/.test(segment)) return 2;
  return segment.includes(':') ? 1 : 0;
}
