import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPage } from '../../docs/pages.js';
import { Workbench } from '../../docs/workbench.js';
import { ROOT } from '../../house/modules.js';

const PATH = 'docs/migrating.md';
const page = readPage(PATH, readFileSync(join(ROOT, PATH), 'utf8'));
const workbench = new Workbench();
workbench.add(page);
afterAll(() => workbench.remove());

describe('the code of the migration guide', { timeout: 60_000 }, () => {
  it('compiles', () => {
    expect(page.files.length).toBeGreaterThan(5);
    expect(workbench.compile()).toEqual([]);
  });
});

describe('the migration guide does what it says', async () => {
  for (const { name } of page.files.filter((file) => file.name.endsWith('.spec.ts'))) {
    await import(workbench.pathOf(page, name));
  }
});
