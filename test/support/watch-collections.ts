import { onTestFinished, vi } from 'vitest';

/** The maps and sets made since {@link watchCollections}. */
export interface WatchedCollections {
  /** How much they hold, all together. */
  readonly size: number;
}

/** Adds up what the maps and sets hold that are made from now on, to the end of the test. */
export function watchCollections(): WatchedCollections {
  const made: { readonly size: number }[] = [];
  vi.stubGlobal(
    'Map',
    class extends Map<unknown, unknown> {
      constructor(entries?: Iterable<[unknown, unknown]> | null) {
        super(entries);
        made.push(this);
      }
    },
  );
  vi.stubGlobal(
    'Set',
    class extends Set<unknown> {
      constructor(items?: Iterable<unknown> | null) {
        super(items);
        made.push(this);
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  return {
    get size() {
      return made.reduce((sum, { size }) => sum + size, 0);
    },
  };
}
