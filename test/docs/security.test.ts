import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as door from '../../lib/index.js';
import { WS_DEFAULTS } from '../../lib/nest/options/resolve-ws-options.js';
import { ROOT } from '../house/modules.js';
import { readDeclaredOptions } from './declared-options.js';
import { codeOf, readTables, readValue } from './tables.js';

const page = readFileSync(join(ROOT, 'SECURITY.md'), 'utf8');
const rows = readTables(page, 'table').flatMap((table) => table.rows);

const UNDER_FIRE = 'test/e2e/under-fire';

/** The options a cell names, with their defaults: `` `maxPayload` (1 MiB) `` . */
function optionsIn(cell: string): readonly { name: string; value: unknown }[] {
  return Array.from(
    cell.matchAll(/`([a-z][\w.]*)`(?: \(([^)]*)\))?/g),
    ([, name = '', value = '']) => ({
      name,
      value: readValue(value.replace(/^(\d[\d ]*) (?!KiB|MiB)[a-z]+$/, '$1')),
    }),
  );
}

/** Options of the whole server, which depend on the machine. */
const OFF_BY_DEFAULT: readonly string[] = [
  'maxConnections',
  'maxConnectionsPerIp',
  'maxUnauthenticated',
  'memoryCeiling',
];

/** The default of `maxPayload`, `push.policy`. */
function defaultOf(name: string): unknown {
  const [option = '', part] = name.split('.');
  if (OFF_BY_DEFAULT.includes(option)) return 0;
  const value = new Map<string, unknown>(Object.entries(WS_DEFAULTS)).get(option);
  const found: unknown =
    part === undefined ? value : new Map(Object.entries(value as object)).get(part);
  return Array.isArray(found) && found.length === 0 ? 'none' : found;
}

describe('SECURITY.md', { timeout: 60_000 }, () => {
  it('says of every attack which test shows it', () => {
    expect(rows.length).toBeGreaterThan(20);
    const missing = rows.flatMap((row) => {
      const files = Array.from(
        (row['test'] ?? '').matchAll(/\]\(([^)]+)\)/g),
        ([, file]) => file ?? '',
      );
      if (files.length === 0) return [`${row['attack']}: no test`];
      return files.filter((file) => !file.startsWith('test/') || !existsSync(join(ROOT, file)));
    });
    expect(missing).toEqual([]);
  });

  it('names every attack that is run against an application in use', () => {
    const files = readdirSync(join(ROOT, UNDER_FIRE)).filter((name) => name.endsWith('.test.ts'));
    const tests = rows.map((row) => row['test'] ?? '').join(' ');
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((name) => !tests.includes(`(${UNDER_FIRE}/${name})`))).toEqual([]);
  });

  it('names options that are there, with the defaults they have', () => {
    const declared = readDeclaredOptions();
    const known = new Set(declared.get('WsModuleOptions')?.map(({ name }) => name));
    const named = rows.flatMap((row) => optionsIn(row['option (default)'] ?? ''));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter(({ name }) => !known.has(name.split('.')[0] ?? ''))).toEqual([]);
    expect(named).toEqual(named.map(({ name }) => ({ name, value: defaultOf(name) })));
  });

  it('names what the package exports', () => {
    const names = rows
      .map((row) => codeOf(/`@?[A-Z]\w*`/.exec(row['option (default)'] ?? '')?.[0] ?? ''))
      .filter((name) => name !== '');
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect(Object.keys(door)).toContain(name.replace('@', ''));
  });
});
