import { isThenable } from '../waiting/is-thenable.js';

/**
 * Disposes of something of the application. What that throws, or rejects with later, goes to `fail`
 * and no further.
 *
 * @param fail must not throw
 */
export function disposeSafely(dispose: () => unknown, fail: (error: unknown) => void): void {
  try {
    const ending = dispose();
    if (isThenable(ending)) Promise.resolve(ending).then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}
