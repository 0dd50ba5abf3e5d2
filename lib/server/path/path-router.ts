import { match, type MatchFunction, type ParamData } from 'path-to-regexp';
import { InvalidUse } from '../../protocol/invalid-use.js';

/** What the parameters of a pattern stand for: decoded, a wildcard as the list of its segments. */
export type PathParams = Readonly<Partial<Record<string, string | string[]>>>;

/** The value a path leads to. */
export interface PathMatch<T> {
  readonly value: T;
  /** Has no prototype. */
  readonly params: PathParams;
}

interface Route<T> {
  readonly match: MatchFunction<ParamData>;
  readonly value: T;
}

/**
 * Finds the value of a path. Fixed paths are looked up in a map, however many there are; patterns
 * with `:param` or `*wildcard` (path-to-regexp 8) are tried after them, in the order they were
 * added.
 */
export class PathRouter<T> {
  readonly #fixed = new Map<string, T>();
  readonly #routes: Route<T>[] = [];

  /** Throws {@link InvalidUse} for a pattern that is malformed. */
  add(pattern: string, value: T): void {
    if (isFixed(pattern)) this.#fixed.set(pattern, value);
    else this.#routes.push({ match: compile(pattern), value });
  }

  /** Undefined where nothing matches, or where percent-encoding is broken. */
  find(path: string): PathMatch<T> | undefined {
    const fixed = this.#fixed.get(path);
    if (fixed !== undefined) return { value: fixed, params: Object.create(null) };
    for (const route of this.#routes) {
      const found = tryMatch(route, path);
      if (found) return { value: route.value, params: found.params };
    }
    return undefined;
  }
}

function isFixed(pattern: string): boolean {
  return !/[:*{}()[\]\\+?!]/.test(pattern);
}

function compile(pattern: string): MatchFunction<ParamData> {
  try {
    return match(pattern, { trailing: false, sensitive: true });
  } catch (error) {
    throw new InvalidUse(`path "${pattern}": ${(error as Error).message}`);
  }
}

function tryMatch<T>(route: Route<T>, path: string): ReturnType<MatchFunction<ParamData>> {
  try {
    return route.match(path);
  } catch {
    return false;
  }
}
