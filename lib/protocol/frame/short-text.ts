import { FIN, MAX_SHORT_LENGTH } from './frame-header.js';
import { OPCODE } from './opcode.js';

/** The first byte of a text that is one frame: FIN and the opcode, nothing reserved. */
export const FINAL_TEXT = FIN | OPCODE.TEXT;

/**
 * The longest text, in code units, that is gathered or read together with others. If it is ASCII,
 * its length fits into the second byte of its header.
 */
export const SHORT_TEXT_LENGTH = MAX_SHORT_LENGTH;
