import { describe, expect, it } from 'vitest';
import { ALL_CASES, coverage, printCoverage } from './coverage.js';
import { RULES } from './rules/rules.js';

describe('the table of rules', () => {
  it('has a case for every rule, in every role it binds', () => {
    const bare = coverage().flatMap(({ rule, cases }) =>
      Object.entries(cases)
        .filter(([, ids]) => ids.length === 0 && rule.untested === undefined)
        .map(([role]) => `${rule.id} (${role})`),
    );
    expect(bare).toEqual([]);
  });

  it('gives no reason for a rule that has a case', () => {
    const tested = new Set(ALL_CASES.flatMap((row) => row.rules));
    expect(RULES.filter(({ id, untested }) => untested !== undefined && tested.has(id))).toEqual(
      [],
    );
  });

  it('knows every rule that a case names', () => {
    const known = new Set(RULES.map(({ id }) => id));
    const unknown = ALL_CASES.flatMap((row) =>
      row.rules.filter((id) => !known.has(id)).map((id) => `${row.id}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('names each rule and each case once', () => {
    expect(repeated(RULES.map(({ id }) => id))).toEqual([]);
    expect(repeated(ALL_CASES.map(({ id }) => id))).toEqual([]);
  });

  it('is printed with every rule in it', () => {
    const text = printCoverage();
    expect(RULES.filter(({ id }) => !text.includes(id))).toEqual([]);
    expect(text).not.toContain('NOTHING');
  });
});

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}
