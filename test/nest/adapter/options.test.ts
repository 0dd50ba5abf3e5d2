import { expect, it } from 'vitest';
import { resolvePathOptions } from '../../../lib/nest/adapter/adapter-options.js';
import { defaultInDocstring, readDeclaredOptions } from '../../docs/declared-options.js';

/** Where the docstring of the whole interface says another one. */
const OTHERS = new Map([
  ['maxStreamsInFlight', 256],
  ['maxValues', 100_000],
]);

it('says the defaults of its options as the code has them', () => {
  const name = 'WsgatePathOptions';
  const files = { [name]: 'lib/nest/adapter/adapter-options.ts' };
  const declared = readDeclaredOptions(files).get(name) ?? [];
  const coded = new Map<string, unknown>(Object.entries(resolvePathOptions()));
  const said = declared.filter((option) => defaultInDocstring(option) !== undefined);
  expect(said.length).toBeGreaterThan(20);
  for (const option of said) {
    const value = coded.get(option.name);
    const isRate = typeof value === 'object' && value !== null && 'perSecond' in value;
    const rate = isRate ? value.perSecond : value;
    expect({ [option.name]: rate ?? 0 }).toEqual({
      [option.name]: OTHERS.get(option.name) ?? defaultInDocstring(option),
    });
  }
}, 60_000);
