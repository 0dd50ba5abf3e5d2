const DEADLINE = 30_000;

/**
 * Waits for something that happens in its own time, with a look each turn of the event loop. Gives
 * up in the end, so that a test that ran out of time leaves nothing running.
 */
export async function until(isDone: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!isDone()) {
    if (performance.now() - begun > DEADLINE) throw new Error('what was waited for did not happen');
    await new Promise(setImmediate);
  }
}
