import { defineConfig } from 'vitest/config';

// The package imports itself by name in tests and samples; this condition maps it to lib/ instead of dist/.
const SOURCE_CONDITION = 'nestjs-wsgate-source';
// Node gets these too, for require() as well: `import` among them would hand CommonJS packages the
// ES modules of their dependencies, and Express stops answering.
const conditions = [SOURCE_CONDITION, 'node'];

/** `plain` closes the fast lane for all tests; see `test/run.mjs`. */
const setupFiles = process.env['WSGATE_LANE'] === 'plain' ? ['test/support/plain-lane.ts'] : [];

export default defineConfig({
  // Nest's injection needs decorator metadata; oxc emits it only when told to.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globals: false,
    setupFiles,
    retry: 0,
    testTimeout: 10_000,
    hookTimeout: 10_000,
    teardownTimeout: 5_000,
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
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real sockets and child processes on few cores: one file at a time, after the unit tests, keeps deadlines honest.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: { provider: 'v8', include: ['lib/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
