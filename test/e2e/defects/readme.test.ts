import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const HERE = new URL('./', import.meta.url);

it('the table names every test here, and no other', () => {
  const table = readFileSync(new URL('README.md', HERE), 'utf8');
  const named = Array.from(table.matchAll(/\]\((.+\.test\.ts)\)/g), ([, file]) => file);
  const files = readdirSync(HERE).filter((file) => file.endsWith('.test.ts'));
  expect(named.toSorted()).toEqual(files.filter((file) => file !== 'readme.test.ts').toSorted());
});
