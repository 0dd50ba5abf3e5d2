import type { Vector } from './vector.js';
import { hex } from './wire.js';

const BYTES_256 = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const BYTES_64K = Buffer.alloc(65536, 0x2a);

/** The examples RFC 6455 5.7 and RFC 7692 7.2.3 print, byte for byte. */
export const RFC_EXAMPLES: readonly Vector[] = [
  {
    name: 'RFC 6455 5.7: a single-frame unmasked text message',
    role: 'client',
    bytes: hex('81 05 48 65 6c 6c 6f'),
    events: [['text', 'Hello']],
  },
  {
    name: 'RFC 6455 5.7: a single-frame masked text message',
    role: 'server',
    bytes: hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'),
    events: [['text', 'Hello']],
  },
  {
    name: 'RFC 6455 5.7: a fragmented unmasked text message',
    role: 'client',
    bytes: hex('01 03 48 65 6c 80 02 6c 6f'),
    events: [['text', 'Hello']],
  },
  {
    name: 'RFC 6455 5.7: an unmasked ping request',
    role: 'client',
    bytes: hex('89 05 48 65 6c 6c 6f'),
    events: [['ping', Buffer.from('Hello')]],
    output: hex('8a 05 48 65 6c 6c 6f'),
  },
  {
    name: 'RFC 6455 5.7: a masked ping response',
    role: 'server',
    bytes: hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58'),
    events: [['pong', Buffer.from('Hello')]],
  },
  {
    name: 'RFC 6455 5.7: 256 bytes of binary in a single unmasked frame',
    role: 'client',
    bytes: Buffer.concat([hex('82 7e 01 00'), BYTES_256]),
    events: [['binary', BYTES_256]],
  },
  {
    name: 'RFC 6455 5.7: 64 KiB of binary in a single unmasked frame',
    role: 'client',
    bytes: Buffer.concat([hex('82 7f 00 00 00 00 00 01 00 00'), BYTES_64K]),
    events: [['binary', BYTES_64K]],
  },
  {
    name: 'RFC 7692 7.2.3.1: a message compressed in one DEFLATE block',
    role: 'client',
    bytes: hex('c1 07 f2 48 cd c9 c9 07 00'),
    events: [['text', 'Hello']],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.1: the same in two fragments',
    role: 'client',
    bytes: hex('41 03 f2 48 cd 80 04 c9 c9 07 00'),
    events: [['text', 'Hello']],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.2: a second message that refers to the window of the first',
    role: 'client',
    bytes: hex('c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00'),
    events: [
      ['text', 'Hello'],
      ['text', 'Hello'],
    ],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.2: the same twice, where the peer forgets its window',
    role: 'client',
    bytes: hex('c1 07 f2 48 cd c9 c9 07 00 c1 07 f2 48 cd c9 c9 07 00'),
    events: [
      ['text', 'Hello'],
      ['text', 'Hello'],
    ],
    deflate: { peerForgets: true },
  },
  {
    name: 'RFC 7692 7.2.3.3: a DEFLATE block with no compression',
    role: 'client',
    bytes: hex('c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00'),
    events: [['text', 'Hello']],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.4: a DEFLATE block with BFINAL set to 1',
    role: 'client',
    bytes: hex('c1 08 f3 48 cd c9 c9 07 00 00'),
    events: [['text', 'Hello']],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.5: two DEFLATE blocks in one message',
    role: 'client',
    bytes: hex('c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00'),
    events: [['text', 'Hello']],
    deflate: {},
  },
  {
    name: 'RFC 7692 7.2.3.6: an empty message',
    role: 'client',
    bytes: hex('c1 01 00'),
    events: [['text', '']],
    deflate: {},
  },
];
