import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../house/modules.js';

/** One file that a page shows, or hides behind what it shows. */
export interface PageFile {
  /** `chat.gateway.ts`; `block-12.ts` where the page gives no name and the block begins on line 12. */
  readonly name: string;
  readonly code: string;
  /** The line of the page that the code begins after. */
  readonly line: number;
}

/** A page as a folder of files that may import each other. */
export interface Page {
  /** From the repository's root: `docs/guide/errors.md`. */
  readonly path: string;
  readonly text: string;
  readonly files: readonly PageFile[];
}

const GUIDE = 'docs/guide';

/** The pages whose code is checked: the README and the guide. */
export function readPages(): readonly Page[] {
  const guide = readdirSync(join(ROOT, GUIDE)).filter((name) => name.endsWith('.md'));
  return ['README.md', ...guide.map((name) => `${GUIDE}/${name}`)].map((path) =>
    readPage(path, readFileSync(join(ROOT, path), 'utf8')),
  );
}

/**
 * Reads the code of a page:
 *
 * - a `ts` or `js` block is a file. A first line `// chat.gateway.ts` names it, and then other
 *   blocks of the page may import it as `./chat.gateway.js`;
 * - a comment `<!-- file: session-store.ts` ... `-->` is a file that readers do not see;
 * - a file called `*.spec.ts`, seen or not, is run; it uses vitest. The others are only compiled.
 */
export function readPage(path: string, text: string): Page {
  const shown = /^```(ts|js)\n([\s\S]*?)^```$/gm;
  const hidden = /^<!-- file: (\S+)\n([\s\S]*?)^-->$/gm;
  const files = [
    ...matchesOf(text, shown).map(({ line, groups: [kind, code] }) => ({
      name: /^\/\/ (\S+\.[tj]s)\n/.exec(code)?.[1] ?? `block-${line}.${kind}`,
      code,
      line,
    })),
    ...matchesOf(text, hidden).map(({ line, groups: [name, code] }) => ({ name, code, line })),
  ];
  return { path, text, files };
}

interface Match {
  readonly line: number;
  readonly groups: readonly [string, string];
}

function matchesOf(text: string, pattern: RegExp): readonly Match[] {
  return [...text.matchAll(pattern)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    groups: [match[1] ?? '', match[2] ?? ''],
  }));
}
