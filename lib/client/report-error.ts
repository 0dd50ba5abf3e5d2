/**
 * Throws the error asynchronously: what a callback of the application throws must not vanish, and
 * must not keep other callbacks from being called.
 */
export function reportError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Runs a callback of the application; what it throws is reported, and does not get any further. */
export function guard(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
