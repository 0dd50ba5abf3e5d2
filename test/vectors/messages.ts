import { breaks, reads, type Told, type Vector } from './vector.js';
import { BINARY, CLOSE, closeBody, CONTINUATION, FIN, hex, PING, PONG, TEXT } from './wire.js';

const PINGED: Told = ['ping', Buffer.from('p')];
const EURO = Buffer.from('€');
const NOTHING = Buffer.alloc(0);

/** RFC 6455 5.4: fragments. */
export const FRAGMENT_VECTORS: readonly Vector[] = [
  ...breaks('continuation-unexpected', 'first of all', (f) => [f(FIN | CONTINUATION, 'a')]),
  ...breaks('continuation-unexpected', 'not final', (f) => [f(CONTINUATION, 'a')]),
  ...breaks(
    'continuation-unexpected',
    'after a finished fragmented message',
    (f) => [f(TEXT, 'a'), f(FIN | CONTINUATION, 'b'), f(FIN | CONTINUATION, 'c')],
    {
      events: [
        ['text', 'ab'],
        ['violation', 'continuation-unexpected'],
      ],
    },
  ),
  ...breaks('continuation-expected', 'text within text', (f) => [f(TEXT, 'a'), f(FIN | TEXT, 'b')]),
  ...breaks('continuation-expected', 'binary within text', (f) => [f(TEXT, ''), f(BINARY, 'b')]),
  ...breaks(
    'continuation-expected',
    'text within binary, after a ping',
    (f) => [f(BINARY, 'a'), f(FIN | PING, 'p'), f(FIN | TEXT, 'b')],
    { events: [PINGED, ['violation', 'continuation-expected']] },
  ),

  ...reads('text in three', (f) => [f(TEXT, 'a'), f(CONTINUATION, 'b'), f(FIN | 0, 'c')], [
    ['text', 'abc'],
  ]),
  ...reads('binary in two', (f) => [f(BINARY, hex('00 ff')), f(FIN, hex('fe'))], [
    ['binary', hex('00 ff fe')],
  ]),
  ...reads(
    'text in empty fragments',
    (f) => [f(TEXT, ''), f(CONTINUATION, ''), f(FIN | CONTINUATION, '')],
    [['text', '']],
  ),
  ...reads('binary in empty fragments', (f) => [f(BINARY, ''), f(FIN | CONTINUATION, '')], [
    ['binary', NOTHING],
  ]),
  ...reads(
    'empty fragments around a full one',
    (f) => [f(TEXT, ''), f(CONTINUATION, 'é'), f(CONTINUATION, ''), f(FIN | CONTINUATION, '')],
    [['text', 'é']],
  ),
  ...reads(
    'ping and pong between fragments',
    (f) => [f(TEXT, 'a'), f(FIN | PING, 'p'), f(0, 'b'), f(FIN | PONG, 'q'), f(FIN, 'c')],
    [PINGED, ['pong', Buffer.from('q')], ['text', 'abc']],
  ),
  ...reads(
    'a ping inside a character inside a message',
    (f) => [f(TEXT, EURO.subarray(0, 1)), f(FIN | PING, 'p'), f(FIN, EURO.subarray(1))],
    [PINGED, ['text', '€']],
  ),
  ...reads(
    'two fragmented messages of different kinds',
    (f) => [f(TEXT, 'a'), f(FIN, 'é'), f(BINARY, hex('ff')), f(FIN, hex('80'))],
    [
      ['text', 'aé'],
      ['binary', hex('ff 80')],
    ],
  ),
  ...reads(
    'a Close frame in the middle of a message',
    (f) => [f(TEXT, 'a'), f(FIN | CLOSE, closeBody(1001))],
    [['close', 1001, '']],
  ),
];

const VALID_TEXTS: readonly (readonly [string, string])[] = [
  ['ascii of 16 bytes', '0123456789abcdef'],
  ['two-byte characters', 'äöüß'],
  ['three-byte characters', 'κόσμε €'],
  ['four-byte characters', '🦊🏳️‍🌈'],
  ['the last code points before the surrogates', '\ud7ff'],
  ['the first after them', '\ue000'],
  ['the last code point', '\u{10ffff}'],
  ['the first of two, three and four bytes', '\u0080\u0800\u{10000}'],
  ['noncharacters', '\ufffe\uffff\u{1fffe}'],
  ['a byte order mark, which is kept', '\ufeffbom'],
  ['NUL', '\0'],
  ['a replacement character', '\ufffd'],
  ['ascii, then one wide character at the end', `${'x'.repeat(40)}€`],
];

/** Each is invalid with its last byte, and valid so far before it. */
const INVALID_TEXTS: readonly (readonly [string, string])[] = [
  ['a continuation byte alone', '80'],
  ['a continuation byte after ascii', '61 bf'],
  ['an impossible lead', 'c3 a9 ff'],
  ['an overlong lead of two', 'c0'],
  ['another overlong lead of two', '61 c1'],
  ['an overlong form of three', 'e0 9f'],
  ['an overlong form of four', 'f0 8f'],
  ['a high surrogate', 'ed a0'],
  ['a low surrogate', 'ed bf'],
  ['past the last code point', 'f4 90'],
  ['an impossible lead of four', 'f5'],
  ['a lead of five', 'f8'],
  ['ascii in place of a second byte', 'c3 28'],
  ['ascii in place of a third byte', 'e2 82 28'],
  ['ascii in place of a fourth byte', 'f0 9f a6 28'],
  ['a lead in place of a second byte', 'c3 c3'],
  ['the text of Autobahn 6.4', 'ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90'],
];

const TRUNCATED_TEXTS = ['c3', 'e2', 'e2 82', 'f0', 'f0 9f', 'f0 9f a6', '61 c3', 'ed 9f'];

/** RFC 6455 8.1: text is UTF-8, and an invalid byte is refused the moment it is there. */
export const TEXT_VECTORS: readonly Vector[] = [
  ...VALID_TEXTS.flatMap(([what, text]) =>
    [
      reads(what, (f) => [f(FIN | TEXT, text)], [['text', text]]),
      reads(
        `${what}, a fragment for each byte`,
        (f) => {
          const bytes = [...Buffer.from(text)];
          return [
            f(TEXT, ''),
            ...bytes.map((byte, i) => f(i === bytes.length - 1 ? FIN : 0, Buffer.from([byte]))),
          ];
        },
        [['text', text]],
      ),
    ].flat(),
  ),
  ...INVALID_TEXTS.flatMap(
    ([what, bytes]) => [
      ...breaks('text-not-utf8', what, (f) => [f(FIN | TEXT, hex(bytes))], {
        failsWithLastByte: true,
      }),
      ...breaks(
        'text-not-utf8',
        `${what}, in the first of two fragments`,
        (f) => [f(TEXT, hex(bytes))],
        { failsWithLastByte: true },
      ),
      // More is announced than will come: the refusal must not wait for it.
      ...breaks(
        'text-not-utf8',
        `${what}, in the middle of a frame`,
        (f) => [f(FIN | TEXT, hex(bytes), { declared: 100n })],
        { failsWithLastByte: true },
      ),
      ...breaks(
        'text-not-utf8',
        `${what}, 20 bytes into a second fragment`,
        (f) => [
          f(TEXT, 'é'),
          f(0, Buffer.concat([Buffer.alloc(20, 0x61), hex(bytes)]), { declared: 120n }),
        ],
        { failsWithLastByte: true },
      ),
    ],
    { failsWithLastByte: true },
  ),
  ...TRUNCATED_TEXTS.flatMap((bytes) =>
    [
      breaks('text-not-utf8', `ends within a character: ${bytes}`, (f) => [
        f(FIN | TEXT, hex(bytes)),
      ]),
      breaks('text-not-utf8', `ends within a character: ${bytes}, then an empty fragment`, (f) => [
        f(TEXT, hex(bytes)),
        f(FIN, ''),
      ]),
    ].flat(),
  ),
  ...reads(
    'a message after one that needed validation',
    (f) => [
      f(TEXT, hex('c3')),
      f(FIN, hex('a9')),
      f(FIN | TEXT, 'a'),
      f(TEXT, hex('c3')),
      f(FIN, hex('a9')),
    ],
    [
      ['text', 'é'],
      ['text', 'a'],
      ['text', 'é'],
    ],
  ),
];
