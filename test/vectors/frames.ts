import { breaks, reads, type Vector } from './vector.js';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  FIN,
  frame,
  hex,
  masked,
  PING,
  PONG,
  RSV1,
  TEXT,
} from './wire.js';

const RESERVED_OPCODES = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf];
const KNOWN_OPCODES = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG];
const NOTHING = Buffer.alloc(0);

function zeros(length: number): Buffer {
  return Buffer.alloc(length);
}

/** RFC 6455 5.2: bits, opcodes and lengths of a header. */
export const FRAME_VECTORS: readonly Vector[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
    breaks('reserved-bits', `RSV bits ${bits} on a text frame`, (f) => [
      f(FIN | (bits << 4) | TEXT, 'a'),
    ]),
  ),
  ...[1, 2, 3, 5, 6, 7].flatMap((bits) =>
    breaks(
      'reserved-bits',
      `RSV bits ${bits} on a binary frame with permessage-deflate`,
      (f) => [f(FIN | (bits << 4) | BINARY, 'a')],
      { deflate: {} },
    ),
  ),
  ...KNOWN_OPCODES.flatMap((opcode) =>
    breaks('reserved-bits', `RSV2 with opcode ${opcode}`, (f) => [f(FIN | 0x20 | opcode, '')]),
  ),
  ...RESERVED_OPCODES.flatMap((opcode) =>
    [
      breaks('reserved-opcode', `${opcode}, empty`, (f) => [f(FIN | opcode, '')]),
      breaks(
        'reserved-opcode',
        `${opcode}, not final, after a message`,
        (f) => [f(FIN | TEXT, 'a'), f(opcode, 'abc')],
        {
          events: [
            ['text', 'a'],
            ['violation', 'reserved-opcode'],
          ],
        },
      ),
    ].flat(),
  ),

  ...breaks('length-not-minimal', '0 in 16 bits', (f) => [f(FIN | TEXT, '', { lengthBytes: 2 })]),
  ...breaks('length-not-minimal', '5 in 16 bits', (f) => [
    f(FIN | TEXT, 'Hello', { lengthBytes: 2 }),
  ]),
  ...breaks('length-not-minimal', '125 in 16 bits', (f) => [
    f(FIN | BINARY, zeros(125), { lengthBytes: 2 }),
  ]),
  ...breaks('length-not-minimal', '125 in 64 bits', (f) => [
    f(FIN | BINARY, zeros(125), { lengthBytes: 8 }),
  ]),
  ...breaks('length-not-minimal', '126 in 64 bits', (f) => [
    f(FIN | BINARY, zeros(126), { lengthBytes: 8 }),
  ]),
  ...breaks('length-not-minimal', '65535 in 64 bits', (f) => [
    f(FIN | BINARY, NOTHING, { declared: 65535n, lengthBytes: 8 }),
  ]),
  ...breaks('length-not-minimal', 'a ping of 4 in 16 bits', (f) => [
    f(FIN | PING, 'ping', { lengthBytes: 2 }),
  ]),

  ...[2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n].flatMap((declared) =>
    breaks('length-too-large', String(declared), (f) => [f(FIN | BINARY, NOTHING, { declared })]),
  ),
  ...breaks(
    'length-too-large',
    '2^63 without a limit',
    (f) => [f(FIN | TEXT, NOTHING, { declared: 2n ** 63n })],
    { limits: { maxPayload: 0 } },
  ),

  {
    name: 'mask-missing: a text frame',
    role: 'server',
    bytes: frame(FIN | TEXT, 'Hello'),
    events: [['violation', 'mask-missing']],
  },
  {
    name: 'mask-missing: a text frame without a payload',
    role: 'server',
    bytes: hex('81 00'),
    events: [['violation', 'mask-missing']],
  },
  {
    name: 'mask-missing: a Close frame after a masked message',
    role: 'server',
    bytes: Buffer.concat([masked(FIN | TEXT, 'a'), frame(FIN | CLOSE, '')]),
    events: [
      ['text', 'a'],
      ['violation', 'mask-missing'],
    ],
  },
  {
    name: 'mask-forbidden: a text frame',
    role: 'client',
    bytes: masked(FIN | TEXT, 'Hello'),
    events: [['violation', 'mask-forbidden']],
  },
  {
    name: 'mask-forbidden: a text frame with a key of zeros',
    role: 'client',
    bytes: frame(FIN | TEXT, 'Hello', { key: hex('00 00 00 00') }),
    events: [['violation', 'mask-forbidden']],
  },
  {
    name: 'mask-forbidden: an empty ping',
    role: 'client',
    bytes: masked(FIN | PING, ''),
    events: [['violation', 'mask-forbidden']],
  },
  {
    name: 'a masked frame with a key of zeros',
    role: 'server',
    bytes: frame(FIN | TEXT, 'Hello', { key: hex('00 00 00 00') }),
    events: [['text', 'Hello']],
  },
  {
    name: 'a masked frame with a key whose bytes are all above 127',
    role: 'server',
    bytes: frame(FIN | TEXT, 'Hello, sixteen bytes and more, é', { key: hex('ff fe fd fc') }),
    events: [['text', 'Hello, sixteen bytes and more, é']],
  },

  ...[0, 1, 124, 125, 126, 127, 65535, 65536, 65537].flatMap((length) =>
    reads(
      `a binary message of ${length} bytes`,
      (f) => [f(FIN | BINARY, Buffer.alloc(length, 0xc3))],
      [['binary', Buffer.alloc(length, 0xc3)]],
    ),
  ),
  ...[0, 1, 125, 126, 65535, 65536].flatMap((length) =>
    reads(`a text message of ${length} bytes`, (f) => [f(FIN | TEXT, 'z'.repeat(length))], [
      ['text', 'z'.repeat(length)],
    ]),
  ),
];

/** RFC 6455 5.5 and RFC 7692 6.1: control frames. */
export const CONTROL_VECTORS: readonly Vector[] = [
  ...[CLOSE, PING, PONG].flatMap((opcode) =>
    [
      breaks('control-frame-fragmented', `opcode ${opcode}, empty`, (f) => [f(opcode, '')]),
      breaks('control-frame-too-long', `opcode ${opcode}, 126 bytes`, (f) => [
        f(FIN | opcode, zeros(126)),
      ]),
      breaks('control-frame-too-long', `opcode ${opcode}, 2^53 bytes declared`, (f) => [
        f(FIN | opcode, NOTHING, { declared: 2n ** 53n }),
      ]),
      breaks('control-frame-compressed', `opcode ${opcode}`, (f) => [f(FIN | RSV1 | opcode, '')], {
        deflate: {},
      }),
    ].flat(),
  ),
  ...breaks('control-frame-fragmented', 'a ping in two, inside a message', (f) => [
    f(TEXT, 'a'),
    f(PING, 'p'),
  ]),
  ...reads('an empty ping', (f) => [f(FIN | PING, '')], [['ping', NOTHING]]),
  ...reads('a ping of 125 bytes', (f) => [f(FIN | PING, zeros(125))], [['ping', zeros(125)]]),
  ...reads('an unsolicited pong', (f) => [f(FIN | PONG, 'p')], [['pong', Buffer.from('p')]]),
  ...reads('an empty pong', (f) => [f(FIN | PONG, '')], [['pong', NOTHING]]),
  ...reads(
    'ten pings, each answered',
    (f) => Array.from({ length: 10 }, (_, i) => f(FIN | PING, String(i))),
    Array.from({ length: 10 }, (_, i) => ['ping', Buffer.from(String(i))]),
  ),
  ...reads(
    'a ping that is not to be answered',
    (f) => [f(FIN | PING, 'quiet')],
    [['ping', Buffer.from('quiet')]],
    { autoPong: false, output: NOTHING },
  ),
];
