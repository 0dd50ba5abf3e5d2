import { destroySource } from '../session/stream/destroy-source.js';

/** {@link destroySource}, ignoring its failure. */
export function destroyQuietly(source: unknown): void {
  try {
    destroySource(source);
  } catch {
    // The call is over already, so there is nobody to tell.
  }
}
