import { TEXT } from '../peer/frame.js';
import { firstBadOctet } from '../peer/utf8.js';
import type { Case } from './case.js';
import { INVALID_SEQUENCES, VALID_SEQUENCES } from './utf8-sequences.js';
import * as w from './words.js';

const section = 'RFC 6455 8.1';
const VALID = ['6455/5.6/utf8'];
const INVALID = ['6455/8.1/utf8', '6455/5.6/utf8'];
const GREEK = 'κόσμε';
const more = { fin: false } as const;

const shapes: readonly Case[] = [
  {
    id: '6.1.1',
    title: 'empty text',
    section,
    rules: VALID,
    send: [w.text('')],
    expect: [w.gotText('')],
  },
  {
    id: '6.1.2',
    title: 'three empty fragments',
    section,
    rules: VALID,
    send: [w.text('', more), w.continuation('', more), w.continuation('')],
    expect: [w.gotText('')],
  },
  {
    id: '6.1.3',
    title: 'an empty fragment on either side',
    section,
    rules: VALID,
    send: [w.text('', more), w.continuation('middle', more), w.continuation('')],
    expect: [w.gotText('middle')],
  },
  {
    id: '6.2.1',
    title: 'text with umlauts',
    section,
    rules: VALID,
    send: [w.text('Hello-µ@ßöäüàá-UTF-8!!')],
    expect: [w.gotText('Hello-µ@ßöäüàá-UTF-8!!')],
  },
  {
    id: '6.2.2',
    title: 'cut between characters',
    section,
    rules: VALID,
    send: [w.text('Hello-µ@ßöä', more), w.continuation('üàá-UTF-8!!')],
    expect: [w.gotText('Hello-µ@ßöäüàá-UTF-8!!')],
  },
  {
    id: '6.2.3',
    title: 'cut inside characters, an octet in each fragment',
    section,
    rules: VALID,
    send: w.fragments(TEXT, 'Hello-µ@ßöäüàá-UTF-8!!', 1),
    expect: [w.gotText('Hello-µ@ßöäüàá-UTF-8!!')],
  },
  {
    id: '6.2.4',
    title: 'Greek, an octet in each fragment',
    section,
    rules: VALID,
    send: w.fragments(TEXT, GREEK, 1),
    expect: [w.gotText(GREEK)],
  },
  {
    id: '6.2.5',
    title: 'every kind of character, a ping inside each',
    section,
    rules: [...VALID, '6455/5.4/control-inside'],
    send: w
      .fragments(TEXT, 'a\u00e9\u20ac\u{1f600}', 1)
      .flatMap((part) => (part.fin ? [part] : [part, w.ping('p')])),
    expect: [
      ...Array.from({ length: 9 }, () => w.gotPong('p')),
      w.gotText('a\u00e9\u20ac\u{1f600}'),
    ],
  },
  {
    id: '6.2.6',
    title: 'a long text of two-octet characters, cut at odd places',
    section,
    rules: VALID,
    deliver: [999],
    send: w.fragments(TEXT, 'ü'.repeat(5000), 777),
    expect: [w.gotText('ü'.repeat(5000))],
  },
  {
    id: '6.2.7',
    title: 'a byte order mark is kept',
    section,
    rules: VALID,
    send: [w.text(w.hex('efbbbf61'))],
    expect: [w.gotText(w.hex('efbbbf61'))],
  },
];

/** 6.3 and 6.4: the bad octets are `f4 90` after the Greek word, or a surrogate. */
const GOOD = w.octets(GREEK);
const LATE = Buffer.concat([GOOD, w.hex('f4908080'), w.octets('edited')]);
const SURROGATE = Buffer.concat([GOOD, w.hex('eda080'), w.octets('edited')]);

const failFast: readonly Case[] = [
  {
    id: '6.3.1',
    title: 'a surrogate in one frame',
    section,
    rules: INVALID,
    send: [w.text(SURROGATE), w.ping()],
    expect: w.INVALID_DATA,
  },
  {
    id: '6.3.2',
    title: 'a surrogate, an octet in each fragment',
    section,
    rules: INVALID,
    send: w.fragments(TEXT, SURROGATE, 1),
    expect: w.INVALID_DATA,
  },
  {
    id: '6.4.1',
    title: 'a bad second fragment fails before the third',
    section,
    rules: INVALID,
    send: [w.text(GOOD, more), w.ping('still open')],
    expect: [w.gotPong('still open')],
    next: [{ send: [w.continuation(w.hex('f4908080'), more)], expect: w.INVALID_DATA }],
  },
  {
    id: '6.4.2',
    title: 'the fragment fails at its second octet',
    section,
    rules: INVALID,
    send: [w.text(Buffer.concat([GOOD, w.hex('f4')]), more), w.ping('still open')],
    expect: [w.gotPong('still open')],
    next: [{ send: [w.continuation(w.hex('90'), more)], expect: w.INVALID_DATA }],
  },
  {
    id: '6.4.3',
    title: 'the frame fails before the rest of it has come',
    section,
    rules: INVALID,
    send: [w.text(LATE, { cut: GOOD.length + 4 })],
    expect: w.INVALID_DATA,
  },
  {
    id: '6.4.4',
    title: 'the frame fails at the first octet that cannot be',
    section,
    rules: INVALID,
    send: [w.text(LATE, { cut: GOOD.length + 2 })],
    expect: w.INVALID_DATA,
  },
  {
    id: '6.4.5',
    title: 'far inside a frame of 4 MiB',
    section,
    rules: INVALID,
    send: [
      w.text(Buffer.concat([Buffer.alloc(100_000, 'a'), w.hex('ff'), Buffer.alloc(4 << 20, 'a')]), {
        cut: 100_001,
      }),
    ],
    expect: w.INVALID_DATA,
  },
  {
    id: '6.4.6',
    title: 'a character begun in one frame is spoilt by the next',
    section,
    rules: INVALID,
    send: [w.text(w.hex('61e282'), more), w.ping('still open')],
    expect: [w.gotPong('still open')],
    next: [{ send: [w.continuation('abc', { cut: 1, fin: false })], expect: w.INVALID_DATA }],
  },
  {
    id: '6.4.7',
    title: 'a character that the last, empty fragment leaves unfinished',
    section,
    rules: INVALID,
    send: [w.text(w.hex('61e282'), more), w.continuation(''), w.ping()],
    expect: w.INVALID_DATA,
  },
  {
    id: '6.4.8',
    title: 'binary may hold anything',
    section: 'RFC 6455 5.6',
    rules: ['6455/6.2/type'],
    send: [w.binary(LATE)],
    expect: [w.gotBinary(LATE)],
  },
];

const valid: readonly Case[] = VALID_SEQUENCES.map(([id, title, octets]) => ({
  id,
  title,
  section,
  rules: VALID,
  send: [w.text(w.hex(octets))],
  expect: [w.gotText(w.hex(octets))],
}));

const invalid: readonly Case[] = INVALID_SEQUENCES.map(([id, title, octets]) => ({
  id,
  title,
  section,
  rules: INVALID,
  send: [w.text(w.hex(octets)), w.ping()],
  expect: w.INVALID_DATA,
}));

/** The same, each cut right after the octet that makes it hopeless, inside a frame that claims more. */
const invalidAtOnce: readonly Case[] = INVALID_SEQUENCES.flatMap(([id, title, octets]) => {
  const bad = firstBadOctet(w.hex(octets));
  if (bad === undefined) return [];
  const payload = Buffer.concat([w.hex(octets), w.octets('and more')]);
  return [
    {
      id: `${id}f`,
      title: `${title}: at once`,
      section,
      rules: INVALID,
      send: [w.text(payload, { cut: bad + 1 })],
      expect: w.INVALID_DATA,
    },
  ];
});

export const UTF8_CASES = [...shapes, ...failFast, ...valid, ...invalid, ...invalidAtOnce];
