/**
 * Throws the error in a microtask of its own: what a callback of the application throws must neither
 * vanish nor keep other callbacks from being called.
 */
export function reportError(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Calls back into the application; what that throws is reported, and goes no further. */
export function callSafely(run: () => void): void {
  try {
    run();
  } catch (error) {
    reportError(error);
  }
}
