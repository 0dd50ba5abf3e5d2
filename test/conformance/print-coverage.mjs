// Prints the table RFC section -> tests. Vite reads the TypeScript; no build is needed.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const table = fileURLToPath(new URL('coverage.ts', import.meta.url));
const { module } = await runnerImport(table, { configFile: false, logLevel: 'error' });
console.log(module.printCoverage());
