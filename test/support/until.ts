const DEADLINE = 30_000;

/**
 * Waits until a condition holds, looking once in each turn of the event loop. Gives up in the end,
 * so that a test that timed out leaves nothing running.
 */
export async function until(isDone: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!isDone()) {
    if (performance.now() - begun > DEADLINE) throw new Error('what was waited for did not happen');
    await new Promise(setImmediate);
  }
}
