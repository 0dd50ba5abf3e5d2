import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProtocolViolation } from '../../lib/protocol/protocol-violation.js';
import { type RuleName, RULES } from '../../lib/protocol/rules.js';
import { VECTOR_TABLES } from '../vectors/all.js';
import { ANSWER_FAULTS } from '../vectors/deflate-parameters.js';
import { RESPONSE_ROWS } from '../vectors/handshake.js';

const NAMES = Object.keys(RULES) as RuleName[];

function rulesWithVectors(): Set<string> {
  const rows = Object.values(VECTOR_TABLES).flat();
  const told = rows.flatMap(({ events }) =>
    events.map(([type, what]) => type === 'violation' && what),
  );
  const refused = [
    ...RESPONSE_ROWS.map((row) => row.breaks),
    ...ANSWER_FAULTS.map((row) => row[2]),
  ];
  return new Set([...told, ...refused].map(String));
}

/** The rows of the table in the docs, as written. */
function documentedRows(): string[] {
  const url = new URL('../../docs/protocol-errors.md', import.meta.url);
  return readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => /^\| `.*\| RFC /.test(line))
    .map((line) => line.replaceAll(/ +\|/g, ' |'));
}

describe('every rule', () => {
  it.each(NAMES)('%s owns a vector', (name) => {
    expect(rulesWithVectors()).toContain(name);
  });

  it.each(NAMES)('%s names a section, a close code and what it means', (name) => {
    const { section, closeCode, says } = RULES[name];
    expect(section).toMatch(/^RFC (6455|7692) \d+(\.\d+)*$/);
    expect([1002, 1006, 1007, 1008, 1009]).toContain(closeCode);
    expect(says).toMatch(/^\S.{10,}[^.\s]$/);
    expect(new ProtocolViolation(name)).toMatchObject({
      rule: name,
      section,
      closeCode,
      message: `${says} (${section})`,
      code: `WSGATE_${name.replaceAll('-', '_').toUpperCase()}`,
    });
  });

  it('is a row of docs/protocol-errors.md, in the order of the list', () => {
    const rows = NAMES.map((name) => {
      const { section, closeCode, says } = RULES[name];
      return `| \`${name}\` | ${section} | ${closeCode} | ${says} |`;
    });
    expect(documentedRows()).toEqual(rows);
  });
});
