import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { WS_DEFAULTS } from '../../lib/nest/options/resolve-ws-options.js';
import { DEFAULT_LIMITS } from '../../lib/protocol/endpoint-limits.js';
import { ROOT } from '../house/modules.js';
import {
  type DeclaredOption,
  defaultInDocstring,
  INTERFACES,
  readDeclaredOptions,
} from './declared-options.js';
import { codeOf, readTables, readValue, type Row } from './tables.js';

const tables = readTables(readFileSync(join(ROOT, 'docs/guide/options.md'), 'utf8'), 'options');

/** The defaults of the code, where it keeps them in one place. */
const DEFAULTS: Readonly<Record<string, object>> = {
  WsGatewayOptions: WS_DEFAULTS,
  RecheckOptions: WS_DEFAULTS.recheck,
  StreamOptions: WS_DEFAULTS.stream,
  PushOptions: WS_DEFAULTS.push,
};

function rowsOf(name: string): readonly Row[] {
  return tables.filter((table) => table.name === name).flatMap(({ rows }) => rows);
}

/** How a page writes a default of the code. */
function expectedDefault(value: unknown): unknown {
  if (value === undefined) return 'wsgate.v1';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'object' || typeof value === 'function' ? 'below' : value;
}

function firstSentence({ text }: DeclaredOption): string {
  return text.split('. ')[0] ?? '';
}

describe('docs/guide/options.md', { timeout: 60_000 }, () => {
  let declared: ReadonlyMap<string, readonly DeclaredOption[]>;

  beforeAll(() => {
    declared = readDeclaredOptions();
  }, 60_000);

  /** A module takes the options of a path as well; they have their own tables. */
  function optionsOf(name: string): readonly DeclaredOption[] {
    const all = declared.get(name) ?? [];
    if (name !== 'WsModuleOptions') return all;
    const ofPath = new Set(declared.get('WsGatewayOptions')?.map((option) => option.name));
    return all.filter((option) => !ofPath.has(option.name));
  }

  /** Each option with its row. */
  function pairsOf(name: string): readonly { option: DeclaredOption; row: Row; at: string }[] {
    const rows = new Map(rowsOf(name).map((row) => [codeOf(row['option'] ?? ''), row]));
    return optionsOf(name).map((option) => ({
      option,
      row: rows.get(option.name) ?? {},
      at: `${name}.${option.name}`,
    }));
  }

  it.each(INTERFACES)('has a row for every option of %s, and no other', (name) => {
    const documented = rowsOf(name).map((row) => codeOf(row['option'] ?? ''));
    expect(documented.toSorted()).toEqual(
      optionsOf(name)
        .map((one) => one.name)
        .toSorted(),
    );
  });

  it.each(INTERFACES)('says the types of %s as the code does', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      expect(`${at}: ${codeOf(row['type'] ?? '')}`).toBe(
        `${at}: ${option.type.replace(/;? *\}$/, ' }')}`,
      );
    }
  });

  it.each(INTERFACES)('says of %s truly that undefined is as good as absent', (name) => {
    const refusing = optionsOf(name).filter((option) => !option.acceptsUndefined);
    // Of the limits the compiler makes what is accepted: `GivenLimits`.
    const limits = Object.keys(DEFAULT_LIMITS);
    expect(refusing.map((option) => option.name).filter((one) => !limits.includes(one))).toEqual(
      [],
    );
  });

  it.each(INTERFACES)('says the units of %s as the docstrings do', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      const isTime = firstSentence(option).startsWith('Milliseconds');
      const isSize = option.type === 'number' && /\bbytes\b/i.test(firstSentence(option));
      expect(`${at} in ms: ${row['unit'] === 'ms'}`).toBe(`${at} in ms: ${isTime}`);
      expect(`${at} in bytes: ${row['unit'] === 'bytes'}`).toBe(`${at} in bytes: ${isSize}`);
    }
  });

  it.each(Object.keys(DEFAULTS))('says the defaults of %s as the code does', (name) => {
    const defaults = new Map<string, unknown>(Object.entries(DEFAULTS[name] ?? {}));
    for (const { option, row, at } of pairsOf(name)) {
      const value = readValue(row['default'] ?? '');
      expect({ [at]: value }).toEqual({ [at]: expectedDefault(defaults.get(option.name)) });
    }
  });

  it.each(INTERFACES)('says the defaults of %s as the docstrings do, where they do', (name) => {
    for (const { option, row, at } of pairsOf(name)) {
      const value = defaultInDocstring(option);
      if (value === undefined) continue;
      expect({ [at]: readValue(row['default'] ?? '') }).toEqual({ [at]: value });
    }
  });
});
