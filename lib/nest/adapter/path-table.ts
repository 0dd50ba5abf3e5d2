import { type PathMatch, PathRouter } from '../../server/path/path-router.js';
import { comparePaths } from '../serving/compare-paths.js';

/**
 * Paths that become known one after the other. The one that says more about a URL wins, whatever
 * the order; a path of `undefined` is every other path.
 */
export class PathTable<T> {
  readonly #values = new Map<string, T>();
  #fallback: T | undefined = undefined;
  #router: PathRouter<T> | undefined = undefined;

  get(path: string | undefined): T | undefined {
    return path === undefined ? this.#fallback : this.#values.get(path);
  }

  /** Throws `InvalidUse` for a path that is malformed. */
  add(path: string | undefined, value: T): void {
    if (path === undefined) this.#fallback = value;
    else {
      new PathRouter<T>().add(path, value);
      this.#values.set(path, value);
      this.#router = undefined;
    }
  }

  find(path: string): PathMatch<T> | undefined {
    this.#router ??= this.#route();
    const found = this.#router.find(path);
    if (found !== undefined || this.#fallback === undefined) return found;
    return { value: this.#fallback, params: Object.create(null) as Record<string, never> };
  }

  #route(): PathRouter<T> {
    const router = new PathRouter<T>();
    const paths = [...this.#values].toSorted(([one], [other]) => comparePaths(one, other));
    for (const [path, value] of paths) router.add(path, value);
    return router;
  }
}
