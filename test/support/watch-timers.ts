import { onTestFinished, vi } from 'vitest';

/** The timers set since {@link watchTimers}. */
export interface WatchedTimers {
  /** How many have neither run nor been cleared. */
  readonly pending: number;
}

/**
 * Counts the timers that are set from now on, to the end of the test. What the process has besides,
 * of the test runner or of other files, does not show.
 */
export function watchTimers(): WatchedTimers {
  const pending = new Set<unknown>();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  vi.stubGlobal(
    'setTimeout',
    (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const timer = set(() => {
        pending.delete(timer);
        run(...args);
      }, ms);
      pending.add(timer);
      return timer;
    },
  );
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout | undefined) => {
    pending.delete(timer);
    clear(timer);
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return {
    get pending() {
      return pending.size;
    },
  };
}
