import { destroySource } from '../source/destroy-source.js';
import { disposeSafely } from '../source/dispose-safely.js';

/** {@link destroySource}, ignoring its failure. */
export function destroyQuietly(source: unknown): void {
  // The call is over already, so there is nobody to tell.
  disposeSafely(
    () => destroySource(source),
    () => undefined,
  );
}
