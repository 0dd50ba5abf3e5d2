import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { WsgateAdapter } from '../../../lib/index.js';
import { resolvePathOptions } from '../../../lib/nest/adapter/adapter-options.js';
import { resolveWsOptions } from '../../../lib/nest/options/resolve-ws-options.js';
import {
  type DeclaredOption,
  defaultInDocstring,
  readDeclaredOptions,
} from '../../docs/declared-options.js';
import { codeOf, readTables, readValue } from '../../docs/tables.js';
import { ROOT } from '../../house/modules.js';

const ADAPTER = 'WsgateAdapterOptions';
const MODULE = 'WsModuleOptions';

/** Where the docstring of the whole interface says another one. */
const OTHERS = new Map([
  ['maxStreamsInFlight', 256],
  ['maxValues', 100_000],
]);

const coded = new Map<string, unknown>(Object.entries(resolvePathOptions()));

const guide = readFileSync(join(ROOT, 'docs/migrating.md'), 'utf8');
const [, shared = ''] = /<!-- options shared -->\n\n(.+)\n/.exec(guide) ?? [];
const sharedNames = Array.from(shared.matchAll(/`(\w+)`/g), ([, name]) => name ?? '');
const rows = readTables(guide, 'options').find(({ name }) => name === ADAPTER)?.rows ?? [];
const documented = new Map(
  rows.map((row) => [codeOf(row['option'] ?? ''), readValue(row['default'] ?? '')]),
);

describe('the options of the adapter', () => {
  let declared: ReadonlyMap<string, readonly DeclaredOption[]>;

  beforeAll(() => {
    declared = readDeclaredOptions({
      [ADAPTER]: 'lib/nest/adapter/adapter-options.ts',
      [MODULE]: 'lib/nest/options/ws-module-options.ts',
    });
  }, 60_000);

  function namesOf(type: string): readonly string[] {
    return (declared.get(type) ?? []).map(({ name }) => name);
  }

  it('have in the code the defaults that their docstrings say', () => {
    const said = (declared.get(ADAPTER) ?? []).filter(
      (option) => coded.has(option.name) && defaultInDocstring(option) !== undefined,
    );
    expect(said.length).toBeGreaterThan(20);
    for (const option of said) {
      const value = coded.get(option.name);
      const isRate = typeof value === 'object' && value !== null && 'perSecond' in value;
      const rate = isRate ? value.perSecond : value;
      expect({ [option.name]: rate ?? 0 }).toEqual({
        [option.name]: OTHERS.get(option.name) ?? defaultInDocstring(option),
      });
    }
  });

  it('are all in docs/migrating.md, and no other', () => {
    const names = [...sharedNames, ...documented.keys()];
    expect(names.toSorted()).toEqual(namesOf(ADAPTER).toSorted());
  });

  it('are called the same there as those of WsModule only where they are', () => {
    const ofModule = namesOf(MODULE);
    const plain = new Map<string, unknown>(Object.entries(resolveWsOptions()));
    for (const name of sharedNames) {
      expect(ofModule).toContain(name);
      expect({ [name]: coded.get(name) }).toEqual({ [name]: plain.get(name) });
    }
    const differing = [...documented.keys()].filter((name) => ofModule.includes(name));
    for (const name of differing) expect(coded.get(name)).not.toEqual(plain.get(name));
  });

  it('have the defaults that docs/migrating.md says', () => {
    const known = [...documented].filter(([name]) => coded.has(name));
    expect(known.length).toBeGreaterThan(4);
    for (const [name, value] of known) {
      expect({ [name]: value }).toEqual({ [name]: coded.get(name) });
    }
  });
});

describe('what the adapter serves', () => {
  it.each<[unknown, string]>([
    [null, 'null given'],
    [3000, '3000 given'],
    [{ origin: '*' }, '{ origin } given'],
    [() => undefined, '[Function (anonymous)] given'],
  ])('is an application or an HTTP server, not %o', (given, message) => {
    expect(() => new WsgateAdapter(given as object)).toThrow(
      `WsgateAdapter: ${message}; expected the Nest application: new WsgateAdapter(app)`,
    );
  });

  it('may be an HTTP server', () => {
    expect(() => new WsgateAdapter(createServer())).not.toThrow();
  });
});
