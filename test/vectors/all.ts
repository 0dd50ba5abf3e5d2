import { CLOSING_VECTORS } from './closing.js';
import { COMPRESSED_VECTORS } from './compressed.js';
import { CONTROL_VECTORS, FRAME_VECTORS } from './frames.js';
import { LIMIT_VECTORS } from './limits.js';
import { FRAGMENT_VECTORS, TEXT_VECTORS } from './messages.js';
import { RFC_EXAMPLES } from './rfc-examples.js';
import type { Vector } from './vector.js';

/** Every row that is bytes on an open connection, by table. */
export const VECTOR_TABLES: Readonly<Record<string, readonly Vector[]>> = {
  'examples of the RFCs': RFC_EXAMPLES,
  frames: FRAME_VECTORS,
  'control frames': CONTROL_VECTORS,
  fragments: FRAGMENT_VECTORS,
  text: TEXT_VECTORS,
  limits: LIMIT_VECTORS,
  closing: CLOSING_VECTORS,
  'compressed messages': COMPRESSED_VECTORS,
};
