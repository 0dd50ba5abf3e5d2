/** One thing that was looked at. */
export interface SoakLine {
  readonly what: string;
  readonly isRight: boolean;
  readonly told: string;
}

/** See `soak.mjs`, which is JavaScript so that it runs on any Node without a loader. */
export function soak(options: {
  readonly seconds: number;
  readonly connections: number;
  readonly seed: number;
}): Promise<{ readonly verdict: readonly SoakLine[] }>;
