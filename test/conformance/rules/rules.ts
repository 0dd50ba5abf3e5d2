import { CLOSING_RULES } from './closing.js';
import { COMPRESSION_RULES } from './compression.js';
import { FRAMING_RULES } from './framing.js';
import { OPENING_RULES } from './opening.js';
import type { Rule } from './rule.js';

/** Every rule of RFC 6455 sections 4 to 7 (with 8 and 9, which they call on) and of RFC 7692. */
export const RULES: readonly Rule[] = [
  ...OPENING_RULES,
  ...FRAMING_RULES,
  ...CLOSING_RULES,
  ...COMPRESSION_RULES,
];
