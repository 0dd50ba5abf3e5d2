import type { Case } from './case.js';
import { CLOSING_CASES } from './closing.js';
import { COMPRESSION_ECHO_CASES } from './compression-echo.js';
import { COMPRESSION_CASES } from './compression.js';
import { FRAGMENTATION_CASES } from './fragmentation.js';
import { FRAMING_CASES } from './framing.js';
import { LIMIT_CASES } from './limits.js';
import { PING_CASES } from './pings.js';
import { RESERVED_CASES } from './reserved.js';
import { UTF8_CASES } from './utf8.js';

/** Every case that is played over an open connection, in either role. */
export const OPEN_CASES: Readonly<Record<string, readonly Case[]>> = {
  framing: FRAMING_CASES,
  pings: PING_CASES,
  'reserved bits and opcodes': RESERVED_CASES,
  fragmentation: FRAGMENTATION_CASES,
  'UTF-8': UTF8_CASES,
  closing: CLOSING_CASES,
  'sizes and limits': LIMIT_CASES,
  'compressed frames': COMPRESSION_CASES,
  'compressed echoes': COMPRESSION_ECHO_CASES,
};
