/**
 * Throws where nobody of ours is on the stack: an error of the application's own callback must
 * neither vanish nor keep others from being told.
 */
export function reportError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Runs a callback of the application; what it throws is its own affair. */
export function guard(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
