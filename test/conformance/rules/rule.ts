/** Who has to keep a rule; a rule for both needs a test in each role. */
export type Bound = 'client' | 'server' | 'both';

/** One MUST, MUST NOT, REQUIRED or SHALL of an RFC, in our own words. */
export interface Rule {
  readonly id: string;
  /** As it is cited: `RFC 6455 5.5.1`. */
  readonly section: string;
  readonly binds: Bound;
  readonly text: string;
  /** Why no test of an endpoint can show it; every other rule has a case. */
  readonly untested?: string;
}

/** A row as it is written down: the id without the RFC's number, `<section>/<word>`. */
export type RuleRow = readonly [id: string, binds: Bound, text: string, untested?: string];

export function rulesOf(rfc: number, rows: readonly RuleRow[]): readonly Rule[] {
  return rows.map(([id, binds, text, untested]) => ({
    id: `${rfc}/${id}`,
    section: `RFC ${rfc} ${id.split('/')[0]}`,
    binds,
    text,
    ...(untested !== undefined && { untested }),
  }));
}
