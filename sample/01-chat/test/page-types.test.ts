import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const project = fileURLToPath(new URL('../tsconfig.page.json', import.meta.url));

// The page is served as it is written; its types are in comments, and this is who reads them.
it('the scripts of the page keep to their types', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', project]);
  expect(stdout).toBe('');
});
