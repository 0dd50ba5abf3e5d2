import type { Case } from './case.js';
import * as w from './words.js';

const deflate = {};
const PLAIN = ['7692/6.2/plain', '7692/6.1/bit'];
const INFLATE = [
  '7692/6.2/decompress',
  '7692/7.2.2/tail',
  '7692/6.1/bit',
  '7692/6/sent',
  '7692/7.2.1/tail',
  '6455/9.1/not-before',
  '6455/5.8/negotiated',
];
const BLOCKS = ['7692/7.2.2/blocks', ...INFLATE];
const more = { fin: false } as const;
const first = { rsv: 4 } as const;
const hello = w.hex('f248cdc9c90700');

/** The octets of RFC 7692 section 7.2.3 and their relatives. */
const examples: readonly Case[] = [
  {
    id: '12.0.1',
    title: '"Hello" in one block',
    section: 'RFC 7692 7.2.3.1',
    rules: INFLATE,
    deflate,
    send: [w.text(hello, first)],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.2',
    title: '"Hello" in two fragments',
    section: 'RFC 7692 7.2.3.1',
    rules: INFLATE,
    deflate,
    send: [w.text(w.hex('f248cd'), { ...first, ...more }), w.continuation(w.hex('c9c90700'))],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.3',
    title: 'the second "Hello" leans on the first',
    section: 'RFC 7692 7.2.3.2',
    rules: ['7692/7.2.2/takeover', ...INFLATE],
    deflate,
    send: [w.text(hello, first), w.text(w.hex('f200110000'), first)],
    expect: [w.gotText('Hello'), w.gotText('Hello')],
  },
  {
    id: '12.0.4',
    title: '"Hello" in a block without compression',
    section: 'RFC 7692 7.2.3.3',
    rules: BLOCKS,
    deflate,
    send: [w.text(w.hex('000500faff48656c6c6f00'), first)],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.5',
    title: '"Hello" in a block with BFINAL',
    section: 'RFC 7692 7.2.3.4',
    rules: ['7692/7.2.1/padding', ...BLOCKS],
    deflate,
    send: [w.text(w.hex('f348cdc9c9070000'), first)],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.6',
    title: '"Hello" in two blocks',
    section: 'RFC 7692 7.2.3.5',
    rules: BLOCKS,
    deflate,
    send: [w.text(w.hex('f248050000 00ffff cac9c90700'), first)],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.7',
    title: 'BFINAL twice in one message',
    section: 'RFC 7692 7.2.1',
    rules: ['7692/7.2.1/padding', ...BLOCKS],
    deflate,
    send: [w.text(w.hex('f348cdc9c90700 f348cdc9c90700 00'), first)],
    expect: [w.gotText('HelloHello')],
  },
  {
    id: '12.0.8',
    title: 'the window outlives a block with BFINAL',
    section: 'RFC 7692 7.2.2',
    rules: ['7692/7.2.2/takeover', ...BLOCKS],
    deflate,
    send: [w.text(w.hex('f348cdc9c9070000'), first), w.text(w.hex('f200110000'), first)],
    expect: [w.gotText('Hello'), w.gotText('Hello')],
  },
  {
    id: '12.0.9',
    title: 'an empty message as an empty block',
    section: 'RFC 7692 7.2.3.6',
    rules: ['7692/7.2.1/empty', ...BLOCKS],
    deflate,
    send: [w.text(w.hex('00'), first)],
    expect: [w.gotText('')],
  },
  {
    id: '12.0.10',
    title: 'an empty message as a fixed block',
    section: 'RFC 7692 7.2.3.6',
    rules: BLOCKS,
    deflate,
    send: [w.text(w.hex('0200'), first)],
    expect: [w.gotText('')],
  },
  {
    id: '12.0.11',
    title: 'a compressed message without any octet is empty',
    section: 'RFC 7692 7.2.3.6',
    rules: INFLATE,
    deflate,
    send: [w.text('', first), w.text(hello, first)],
    expect: [w.gotText(''), w.gotText('Hello')],
  },
  {
    id: '12.0.12',
    title: 'plain and compressed messages by turns',
    section: 'RFC 7692 6',
    rules: [...PLAIN, ...INFLATE],
    deflate,
    send: [
      w.text('plain'),
      w.text('squeezed', { compress: true }),
      w.binary('plain'),
      w.binary('squeezed', { compress: true }),
    ],
    expect: [
      w.gotText('plain'),
      w.gotText('squeezed'),
      w.gotBinary('plain'),
      w.gotBinary('squeezed'),
    ],
  },
  {
    id: '12.0.13',
    title: 'a plain message does not touch the window',
    section: 'RFC 7692 6.2',
    rules: [...PLAIN, '7692/7.2.2/takeover'],
    deflate,
    send: [w.text(hello, first), w.text('other words'), w.text(w.hex('f200110000'), first)],
    expect: [w.gotText('Hello'), w.gotText('other words'), w.gotText('Hello')],
  },
  {
    id: '12.0.14',
    title: 'an octet in each fragment, pings between',
    section: 'RFC 7692 6.2',
    rules: ['6455/5.4/control-inside', ...INFLATE],
    deflate,
    send: [
      w.text(hello.subarray(0, 1), { ...first, ...more }),
      ...[1, 2, 3, 4, 5].flatMap((at) => [
        w.ping('p'),
        w.continuation(hello.subarray(at, at + 1), more),
      ]),
      w.ping('p'),
      w.continuation(hello.subarray(6)),
    ],
    expect: [...Array.from({ length: 6 }, () => w.gotPong('p')), w.gotText('Hello')],
  },
  {
    id: '12.0.15',
    title: 'empty fragments around compressed ones',
    section: 'RFC 7692 6.2',
    rules: INFLATE,
    deflate,
    send: [w.text('', { ...first, ...more }), w.continuation(hello, more), w.continuation('')],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.16',
    title: 'a plain fragmented message',
    section: 'RFC 7692 6.2',
    rules: PLAIN,
    deflate,
    send: [w.text('Hel', more), w.continuation('lo')],
    expect: [w.gotText('Hello')],
  },
  {
    id: '12.0.17',
    title: 'our empty message can be read',
    section: 'RFC 7692 7.2.3.6',
    rules: ['7692/7.2.1/empty'],
    deflate,
    acts: [
      { act: 'send', data: '' },
      { act: 'send', data: Buffer.alloc(0) },
      { act: 'send', data: 'then this' },
    ],
    expect: [w.gotText(''), w.gotBinary(''), w.gotText('then this')],
  },
];

const CONTROL = ['7692/6/control', '6455/5.2/rsv'];
const CONTINUATION = ['7692/6/continuation', '6455/5.2/rsv'];

/** RSV1 where it does not belong, although it was agreed on. */
const wrongBits: readonly Case[] = [
  {
    id: '12.10.1',
    title: 'RSV1 on a ping',
    section: 'RFC 7692 6',
    rules: CONTROL,
    deflate,
    send: [w.ping(hello, first), w.ping()],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '12.10.2',
    title: 'RSV1 on a pong',
    section: 'RFC 7692 6',
    rules: CONTROL,
    deflate,
    send: [w.pong('', first), w.ping()],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '12.10.3',
    title: 'RSV1 on a Close frame',
    section: 'RFC 7692 6',
    rules: CONTROL,
    deflate,
    send: [w.close(1000, '', first)],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '12.10.4',
    title: 'RSV1 on a continuation of a compressed message',
    section: 'RFC 7692 6',
    rules: CONTINUATION,
    deflate,
    send: [
      w.text(w.hex('f248cd'), { ...first, ...more }),
      w.continuation(w.hex('c9c90700'), first),
    ],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '12.10.5',
    title: 'RSV1 on a continuation of a plain message',
    section: 'RFC 7692 6',
    rules: CONTINUATION,
    deflate,
    send: [w.text('Hel', more), w.continuation('lo', first)],
    expect: w.PROTOCOL_ERROR,
  },
  ...[1, 2, 3, 5, 6, 7].map((rsv): Case => ({
    id: `12.10.${5 + rsv}r`,
    title: `RSV ${rsv} on a text`,
    section: 'RFC 6455 5.2',
    rules: ['6455/5.2/rsv'],
    deflate,
    send: [w.text(hello, { rsv }), w.ping()],
    expect: w.PROTOCOL_ERROR,
  })),
];

const BAD = ['7692/6.2/decompress'];
const notInflatable = w.gotClose(1007, 1002);

/** Octets that cannot be inflated, or inflate to what may not be. */
const badData: readonly Case[] = [
  {
    id: '12.11.1',
    title: 'a block of type 3',
    section: 'RFC 7692 6.2',
    rules: BAD,
    deflate,
    send: [w.text(w.hex('07'), first), w.ping()],
    expect: notInflatable,
  },
  {
    id: '12.11.2',
    title: 'plain text under RSV1',
    section: 'RFC 7692 6.2',
    rules: BAD,
    deflate,
    send: [w.text('Hello, this is not deflated', first), w.ping()],
    expect: notInflatable,
  },
  {
    id: '12.11.3',
    title: 'a stored block with a wrong length',
    section: 'RFC 7692 6.2',
    rules: BAD,
    deflate,
    send: [w.text(w.hex('000500000048656c6c6f00'), first), w.ping()],
    expect: notInflatable,
  },
  {
    id: '12.11.4',
    title: 'a reference back before the first octet',
    section: 'RFC 7692 7.2.2',
    rules: BAD,
    deflate,
    send: [w.text(w.hex('f200110000'), first), w.ping()],
    expect: notInflatable,
  },
  {
    id: '12.11.5',
    title: 'bad data after a good message',
    section: 'RFC 7692 6.2',
    rules: BAD,
    deflate,
    send: [w.text(hello, first), w.binary(w.hex('ffffffff'), first), w.ping()],
    expect: [w.gotText('Hello'), ...notInflatable],
  },
  {
    id: '12.11.6',
    title: 'compressed text that is not UTF-8',
    section: 'RFC 7692 6.2',
    rules: ['7692/6.2/utf8', '6455/8.1/utf8'],
    deflate,
    send: [w.text(w.hex('61ff62'), { compress: true }), w.ping()],
    expect: w.INVALID_DATA,
  },
  {
    id: '12.11.7',
    title: 'compressed text that ends inside a character',
    section: 'RFC 7692 6.2',
    rules: ['7692/6.2/utf8', '6455/8.1/utf8'],
    deflate,
    send: [w.text(w.hex('61e282'), { compress: true }), w.ping()],
    expect: w.INVALID_DATA,
  },
  {
    id: '12.11.8',
    title: 'compressed octets need not be UTF-8',
    section: 'RFC 7692 6.1',
    rules: ['7692/6.2/utf8'],
    deflate,
    send: [w.text('κόσμε '.repeat(50), { compress: true })],
    expect: [w.gotText('κόσμε '.repeat(50))],
  },
];

const limited = { deflate, options: { maxPayload: 1024 * 1024 } };

/** The limit is on what comes out, not on what came in. */
const bombs: readonly Case[] = [
  {
    id: '12.12.1',
    title: '64 MiB of zeros in 64 KiB',
    section: 'RFC 6455 7.4.1',
    rules: [],
    ...limited,
    send: [w.binary(Buffer.alloc(64 << 20), { compress: true })],
    expect: w.TOO_BIG,
  },
  {
    id: '12.12.2',
    title: 'one octet above the limit',
    section: 'RFC 6455 7.4.1',
    rules: [],
    ...limited,
    send: [w.binary(Buffer.alloc((1 << 20) + 1), { compress: true })],
    expect: w.TOO_BIG,
  },
  {
    id: '12.12.3',
    title: 'exactly the limit',
    section: 'RFC 6455 7.4.1',
    rules: INFLATE,
    ...limited,
    send: [w.binary(Buffer.alloc(1 << 20), { compress: true })],
    expect: [w.gotBinary(Buffer.alloc(1 << 20))],
  },
  {
    id: '12.12.4',
    title: 'a bomb in its last fragment',
    section: 'RFC 6455 7.4.1',
    rules: [],
    ...limited,
    send: [
      w.binary(w.hex('f248cdc9c907000000ffff'), { ...first, ...more }),
      w.continuation(bombBlock()),
    ],
    expect: w.TOO_BIG,
  },
];

/** A fixed block: one zero, then 12,000 times 258 octets of "the same again" (a length of 258 at distance 1). */
function bombBlock(): Buffer {
  const bits = [0, 1, 0, ...codeOf(0x30, 8)];
  for (let i = 0; i < 12_000; i++) bits.push(...codeOf(0xc5, 8), ...codeOf(0, 5));
  bits.push(...codeOf(0, 7), 0, 0, 0);
  const octets: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    octets.push(bits.slice(at, at + 8).reduce((octet, bit, i) => octet + bit * 2 ** i, 0));
  }
  return Buffer.from(octets);
}

function codeOf(value: number, length: number): number[] {
  return Array.from({ length }, (_, i) => (value >> (length - 1 - i)) & 1);
}

export const COMPRESSION_CASES = [...examples, ...wrongBits, ...badData, ...bombs];
