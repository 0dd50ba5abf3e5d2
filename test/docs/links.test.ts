import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../house/modules.js';

/** The pages of the repository, those not yet committed included. */
function listPages(): readonly string[] {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.md'];
  const names = execFileSync('git', listing, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  return names.filter((name) => name !== '' && existsSync(join(ROOT, name)));
}

/** Links with their targets, but for those in code. */
function linksOf(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return Array.from(text.matchAll(/\]\(([^()\s]+)\)/g), ([, target = '']) => target);
}

/** The fragments a page answers to: its headings, as GitHub makes them. */
function anchorsOf(markdown: string): readonly string[] {
  const text = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the relative links of a page. */
function complainAbout(page: string, markdown: string): readonly string[] {
  return linksOf(markdown)
    .filter((target) => !/^[a-z]+:/.test(target))
    .flatMap((target) => {
      const [file = '', fragment] = target.split('#');
      const path = file === '' ? page : posix.join(posix.dirname(page), file);
      if (!existsSync(join(ROOT, path))) return [`${page}: ${target} is not there`];
      if (fragment === undefined || !statSync(join(ROOT, path)).isFile()) return [];
      const text = file === '' ? markdown : readFileSync(join(ROOT, path), 'utf8');
      if (!path.endsWith('.md') || anchorsOf(text).includes(fragment)) return [];
      return [`${page}: ${target} has no such heading`];
    });
}

describe('relative links', () => {
  const pages = listPages();

  it.each(pages)('of %s lead somewhere', (page) => {
    expect(complainAbout(page, readFileSync(join(ROOT, page), 'utf8'))).toEqual([]);
  });

  it('would be caught', () => {
    const markdown = '# One two\n\n[a](nowhere.md) [b](#one-two) [c](#three) `[d](no.md)`\n';
    expect(complainAbout('README.md', markdown)).toEqual([
      'README.md: nowhere.md is not there',
      'README.md: #three has no such heading',
    ]);
  });
});
