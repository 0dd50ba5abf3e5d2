import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** PROTOCOL.md as the tests read it. */
export const PROTOCOL_DOCUMENT = readFileSync(
  fileURLToPath(new URL('../../../PROTOCOL.md', import.meta.url)),
  'utf8',
);

/** The fenced blocks whose opening line is exactly this: `json client`. */
export function blocksOf(info: string): string[] {
  const fence = new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...PROTOCOL_DOCUMENT.matchAll(fence)].map(([, text]) => text ?? '');
}

/** The rows of the table under a heading line, cells trimmed and without backticks. */
export function tableWithHeader(...header: readonly string[]): string[][] {
  const lines = PROTOCOL_DOCUMENT.split('\n');
  const start = lines.findIndex((line) => cellsOf(line).join('|') === header.join('|'));
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return start < 0 ? [] : rows.slice(0, end).map(cellsOf);
}

function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}
