import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveClientOptions } from '../../lib/client/options/ws-client-options.js';
import {
  type DeclaredOption,
  defaultInDocstring,
  readDeclaredOptions,
} from '../docs/declared-options.js';
import { codeOf, readTables, readValue, type Row } from '../docs/tables.js';
import { ROOT } from '../house/modules.js';

const FILES: Readonly<Record<string, string>> = {
  WsClientOptions: 'lib/client/node-ws-client.ts',
  BackoffOptions: 'lib/client/connection/backoff.ts',
  WsRequestOptions: 'lib/client/calls/request-call.ts',
  WsStreamOptions: 'lib/client/calls/stream-call.ts',
};
const NAMES = Object.keys(FILES);

const defaults = resolveClientOptions({});

/** The defaults of the code, where it keeps them in one place. */
const DEFAULTS: Readonly<Record<string, object>> = {
  WsClientOptions: { ...defaults, lazy: false },
  BackoffOptions: defaults.backoff,
  WsRequestOptions: { retry: false },
  WsStreamOptions: {},
};

const tables = readTables(readFileSync(join(ROOT, 'docs/client/options.md'), 'utf8'), 'options');

function rowsOf(name: string): readonly Row[] {
  return tables.filter((table) => table.name === name).flatMap(({ rows }) => rows);
}

/** `((end: WsEnd) => boolean) | undefined`, without what every option has. */
function typeOf({ type }: DeclaredOption): string {
  return type.replace(/ \| undefined$/, '').replace(/^\((.*)\)$/, '$1');
}

function unitOf({ name }: DeclaredOption): string | undefined {
  return name.endsWith('Ms') ? 'ms' : name.endsWith('Bytes') ? 'bytes' : undefined;
}

describe('docs/client/options.md', { timeout: 60_000 }, () => {
  let declared: ReadonlyMap<string, readonly DeclaredOption[]>;

  beforeAll(() => {
    declared = readDeclaredOptions(FILES);
  }, 60_000);

  /** Each option with its row. */
  function pairsOf(name: string): readonly { option: DeclaredOption; row: Row; at: string }[] {
    const rows = new Map(rowsOf(name).map((row) => [codeOf(row['option'] ?? ''), row]));
    return (declared.get(name) ?? []).map((option) => ({
      option,
      row: rows.get(option.name) ?? {},
      at: `${name}.${option.name}`,
    }));
  }

  it.each(NAMES)('has a row for every option of %s, and no other', (name) => {
    const documented = rowsOf(name).map((row) => codeOf(row['option'] ?? ''));
    const options = (declared.get(name) ?? []).map((option) => option.name);
    expect(documented.toSorted()).toEqual(options.toSorted());
  });

  it.each(NAMES)('says the types of %s as the code does', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      expect({ [at]: codeOf(row['type'] ?? '') }).toEqual({ [at]: typeOf(option) });
    }
  });

  it.each(NAMES)('says the units of %s as their names do', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      const known = ['ms', 'bytes'].find((unit) => unit === row['unit']);
      expect({ [at]: known }).toEqual({ [at]: unitOf(option) });
    }
  });

  it.each(NAMES)('says the defaults of %s as the code does', (name) => {
    const values = new Map<string, unknown>(Object.entries(DEFAULTS[name] ?? {}));
    for (const { option, row, at } of pairsOf(name)) {
      const value = values.get(option.name);
      const isPlain = typeof value === 'number' || typeof value === 'boolean';
      const documented = readValue(row['default'] ?? '');
      expect({ [at]: documented }).toEqual({ [at]: isPlain ? value : expect.any(String) });
      expect({ [at]: documented }).not.toEqual({ [at]: '' });
    }
  });

  it.each(NAMES)('is no other than the docstrings of %s', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      const value = defaultInDocstring(option);
      if (value === undefined) continue;
      expect({ [at]: value }).toEqual({ [at]: readValue(row['default'] ?? '') });
    }
  });
});
