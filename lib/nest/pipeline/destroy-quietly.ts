import { destroySource } from '../session/stream/destroy-source.js';

/** {@link destroySource} where nobody is left to hear how that went. */
export function destroyQuietly(source: unknown): void {
  try {
    destroySource(source);
  } catch {
    // The call is over already, so this failure has no one to go to.
  }
}
