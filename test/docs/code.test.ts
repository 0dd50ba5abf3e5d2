import 'reflect-metadata';
import { afterAll, describe, expect, it } from 'vitest';
import { readPage, readPages } from './pages.js';
import { Workbench } from './workbench.js';

const workbench = new Workbench();
const pages = readPages();
for (const page of pages) workbench.add(page);
afterAll(() => workbench.remove());

describe('the code in README and guide', { timeout: 120_000 }, () => {
  it('compiles', () => {
    expect(pages.flatMap(({ files }) => files).length).toBeGreaterThan(40);
    expect(workbench.compile()).toEqual([]);
  });

  it('would be caught if it did not', () => {
    const text =
      '```ts\n// a.ts\nexport const n = 1;\n```\n\n<!-- file: b.ts\nconst x: string = n;\n-->\n';
    const bad = new Workbench();
    bad.add(readPage('docs/guide/bad.md', text));
    try {
      expect(bad.compile()).toEqual([expect.stringMatching(/^docs\/guide\/bad\.md:6 \(b\.ts\), /)]);
    } finally {
      bad.remove();
    }
  });
});

for (const page of pages) {
  const specs = page.files.filter(({ name }) => name.endsWith('.spec.ts'));
  describe.runIf(specs.length > 0)(`${page.path} does what it says`, async () => {
    for (const { name } of specs) await import(workbench.pathOf(page, name));
  });
}
