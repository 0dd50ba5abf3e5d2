type Engine = typeof import('../../lib/protocol/index.js');

/** See `fuzz-case.mjs`, which is JavaScript so that it runs on any Node without a loader. */
export class Fuzzer {
  constructor(engine: Partial<Engine>);
  run(
    seed: number,
    role?: 'server' | 'client',
  ): {
    readonly bytes: number;
    readonly events: readonly (readonly [string, ...unknown[]])[];
  };
}
