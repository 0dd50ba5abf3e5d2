import { OPEN_CASES } from './cases/all-open.js';
import type { Proof, SubjectRole } from './cases/case.js';
import { ANSWER_CASES, OFFER_CASES } from './cases/negotiation.js';
import { OPENING_CLIENT_CASES } from './cases/opening-client.js';
import { OPENING_SERVER_CASES } from './cases/opening-server.js';
import { REFUSED_CALL_CASES, REQUEST_CASES } from './cases/request.js';
import { SPECIAL_CASES } from './cases/special.js';
import type { Rule } from './rules/rule.js';
import { RULES } from './rules/rules.js';

export const ALL_CASES: readonly Proof[] = [
  ...OPENING_SERVER_CASES,
  ...OPENING_CLIENT_CASES,
  ...REQUEST_CASES,
  ...REFUSED_CALL_CASES,
  ...Object.values(SPECIAL_CASES),
  ...OFFER_CASES,
  ...ANSWER_CASES,
  ...Object.values(OPEN_CASES).flat(),
];

const INDENT = ' '.repeat(18);

/** A rule and the ids of the cases that prove it, for each role it binds. */
export interface CoverageRow {
  readonly rule: Rule;
  readonly cases: Readonly<Partial<Record<SubjectRole, readonly string[]>>>;
}

/** The table RFC section -> tests. */
export function coverage(): readonly CoverageRow[] {
  return RULES.map((rule) => {
    const roles: readonly SubjectRole[] =
      rule.binds === 'both' ? ['server', 'client'] : [rule.binds];
    const cases = roles.map((role) => [
      role,
      ALL_CASES.filter((row) => proves(row, rule, role)).map(({ id }) => id),
    ]);
    return { rule, cases: Object.fromEntries(cases) as CoverageRow['cases'] };
  });
}

function proves(row: Proof, rule: Rule, role: SubjectRole): boolean {
  return row.rules.includes(rule.id) && (row.subject ?? role) === role;
}

/** The table as text: each rule, and for each role the first few of its cases and how many there are. */
export function printCoverage(): string {
  const untested = RULES.filter((rule) => rule.untested !== undefined).length;
  const sum =
    `${RULES.length} rules, ${RULES.length - untested} with tests, ` +
    `${untested} that bind no endpoint of this kind; ${ALL_CASES.length} cases`;
  return [...coverage().flatMap(linesOf), '', sum].join('\n');
}

function linesOf({ rule, cases }: CoverageRow): readonly string[] {
  const title = `${rule.section.padEnd(17)} ${rule.id}: ${rule.text}`;
  if (rule.untested !== undefined) return [title, `${INDENT}no test: ${rule.untested}`];
  const proofs = Object.entries(cases).map(([role, ids]) => {
    return `${INDENT}${role.padEnd(7)} ${listed(ids)}`;
  });
  return [title, ...proofs];
}

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return 'NOTHING';
  const more = ids.length > 6 ? ` and ${ids.length - 6} more` : '';
  return ids.slice(0, 6).join(', ') + more;
}
