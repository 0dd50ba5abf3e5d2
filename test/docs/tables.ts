/** A row of a table in Markdown, by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** The tables that follow a comment `<!-- kind: name -->`, with that name. */
export function readTables(
  markdown: string,
  kind: string,
): readonly { readonly name: string; readonly rows: readonly Row[] }[] {
  const pattern = new RegExp(`^<!-- ${kind}: (.+) -->\\n\\n((?:\\|.*\\n)+)`, 'gm');
  return [...markdown.matchAll(pattern)].map(([, name = '', table = '']) => ({
    name,
    rows: readRows(table),
  }));
}

function readRows(table: string): readonly Row[] {
  const [header = '', , ...lines] = table.trimEnd().split('\n');
  const columns = cellsOf(header);
  return lines.map((line) => {
    const cells = cellsOf(line);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
  });
}

/** A bar inside a cell is written `\|`. */
function cellsOf(line: string): readonly string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'));
}

/** The code in a cell: what stands between its first backticks. */
export function codeOf(cell: string): string {
  return /`([^`]+)`/.exec(cell)?.[1] ?? '';
}

const FACTORS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 * 1024 };

/** A value as pages write it: `1 MiB`, `10 000`, `'both'`, `true`, `none`. */
export function readValue(cell: string): unknown {
  const text = cell.replaceAll('`', '');
  const [, digits, unit = ''] = /^([\d ]*\d)(?: (KiB|MiB))?$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits.replaceAll(' ', '')) * (FACTORS[unit] ?? 1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text.replaceAll("'", '');
}
