import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

// The package imports itself by name in tests and samples; this condition maps it to lib/ instead of dist/.
const SOURCE_CONDITION = 'nestjs-wsgate-source';
// Node gets these too, for require() as well: `import` among them would hand CommonJS packages the
// ES modules of their dependencies, and Express stops answering.
const conditions = [SOURCE_CONDITION, 'node'];

/** `plain` closes the fast lane for all tests; see `test/run.mjs`. */
const setupFiles = process.env['WSGATE_LANE'] === 'plain' ? ['test/support/plain-lane.ts'] : [];

/** These start child processes, browsers, builds. */
const END_TO_END = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  globalSetup: ['test/e2e/support/compile-apps.ts'],
};
const UNDER_LOAD = [
  'test/e2e/under-fire/**/*.test.ts',
  'test/e2e/shutdown/storm.test.ts',
  'test/e2e/faults/blocked-loop.test.ts',
];

export default defineConfig({
  // Nest's injection needs decorator metadata; oxc emits it only when told to.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globals: false,
    setupFiles,
    retry: 0,
    // What hangs, not what is slow: a busy machine takes ten times as long as an idle one.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    sequence: { sequencer: LongestFirst },
    // lib keeps no state in its modules (test/house), so files may share a process: to load Nest for each of them
    // takes longer than most of their tests.
    isolate: false,
    // As many as there are cores: vitest alone would leave one of them idle, half of a small machine.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/pack/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/pack/**/*.test.ts', 'sample/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...UNDER_LOAD],
          ...END_TO_END,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-load',
          include: UNDER_LOAD,
          ...END_TO_END,
          // The machine for itself: these fill it, and hold servers and clients to their deadlines meanwhile.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: { provider: 'v8', include: ['lib/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
