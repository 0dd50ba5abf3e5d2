import type { SoakLine } from './soak.mjs';

/** What a run found at rest. */
export interface SoakInventory {
  readonly memory: { readonly heap: number; readonly rss: number };
  readonly open: Readonly<Record<string, number>>;
  readonly begun: Readonly<Record<string, number>>;
  readonly objects: Readonly<Record<string, number>>;
  readonly resources: Readonly<Record<string, number>>;
  readonly listeners: number;
}

/** What a run measured. */
export interface SoakRun {
  readonly before: SoakInventory;
  readonly after: SoakInventory;
  readonly samples: readonly { readonly at: number; readonly heap: number; readonly rss: number }[];
  readonly tally: Readonly<Record<string, number>>;
  readonly visits: Readonly<Record<string, number>>;
  readonly faultCount: number;
  readonly faults: readonly string[];
}

/** See `verdict.mjs`. */
export function judge(run: SoakRun): readonly SoakLine[];
