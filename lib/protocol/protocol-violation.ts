import { RULES, type RuleName } from './rules.js';

/**
 * The peer broke a rule of RFC 6455 or RFC 7692 (or a limit set here), and the connection has been
 * failed for it (RFC 6455 7.1.7). The message never quotes what the peer sent.
 */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
  /** The broken rule: a key of {@link RULES}. */
  readonly rule: RuleName;
  /** Where the rule is written, as in `RFC 6455 5.2`. */
  readonly section: string;
  /** The status code this endpoint answers with (1006 where no Close frame can be sent). */
  readonly closeCode: number;
  /** `WSGATE_` and the rule's name, for code that switches on `error.code`. */
  readonly code: string;

  constructor(rule: RuleName) {
    const { section, closeCode, says } = RULES[rule];
    super(`${says} (${section})`);
    this.rule = rule;
    this.section = section;
    this.closeCode = closeCode;
    this.code = `WSGATE_${rule.toUpperCase().replaceAll('-', '_')}`;
  }
}
