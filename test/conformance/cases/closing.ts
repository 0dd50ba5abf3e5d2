import type { Case } from './case.js';
import * as w from './words.js';

const section = 'RFC 6455 5.5.1';
const ANSWER = [
  '6455/5.5.1/answer',
  '6455/5.5.1/close-tcp',
  '6455/5.5.1/server-at-once',
  '6455/5.5.1/masked',
];
const AFTER = ['6455/5.5.1/no-data-after', ...ANSWER];
const more = { fin: false } as const;

/** 7.1: what comes with and after a Close frame. */
const order: readonly Case[] = [
  {
    id: '7.1.1',
    title: 'text, then close',
    section,
    rules: ANSWER,
    send: [w.text('Hello'), w.close(1000)],
    expect: [w.gotText('Hello'), ...w.gotClose(1000)],
  },
  {
    id: '7.1.2',
    title: 'two Close frames',
    section,
    rules: AFTER,
    send: [w.close(1000), w.close(1000)],
    expect: w.gotClose(1000),
  },
  {
    id: '7.1.3',
    title: 'a ping after the Close frame gets no pong',
    section,
    rules: [...AFTER, '6455/5.5.2/pong'],
    send: [w.close(1000), w.ping('late')],
    expect: w.gotClose(1000),
  },
  {
    id: '7.1.4',
    title: 'text after the Close frame gets no echo',
    section,
    rules: AFTER,
    send: [w.close(1000), w.text('late')],
    expect: w.gotClose(1000),
  },
  {
    id: '7.1.5',
    title: 'a Close frame inside a fragmented message',
    section,
    rules: AFTER,
    send: [w.text('fragment1', more), w.close(1000), w.continuation('fragment2')],
    expect: w.gotClose(1000),
  },
  {
    id: '7.1.6',
    title: '256 KiB of text, text, close, ping',
    section,
    rules: AFTER,
    send: [w.text('B'.repeat(262144)), w.text('Hello'), w.close(1000), w.ping('late')],
    expect: [w.gotText('B'.repeat(262144)), w.gotText('Hello'), ...w.gotClose(1000)],
  },
  {
    id: '7.1.7',
    title: 'octets that are no frame after the Close frame',
    section,
    rules: AFTER,
    send: [w.close(1000), { octets: Buffer.alloc(100, 0xff) }],
    expect: w.gotClose(1000),
    reports: { code: 1000 },
  },
  {
    id: '7.1.8',
    title: 'text after a frame that fails the connection gets no echo',
    section: 'RFC 6455 7.1.7',
    rules: ['6455/7.1.7/deaf', '6455/7.1.7/server-fails', '6455/7.1.7/client-fails'],
    send: [w.frame(3), w.text('late'), w.close(1000)],
    expect: w.PROTOCOL_ERROR,
  },
];

const BODY = ['6455/5.5.1/body'];
const REASON = ['6455/5.5.1/reason-utf8', '6455/7.1.6/reason'];

/** 7.3 and 7.5: the body of a Close frame. */
const bodies: readonly Case[] = [
  {
    id: '7.3.1',
    title: 'no body',
    section: 'RFC 6455 7.1.5',
    rules: ['6455/7.1.5/1005', '6455/7.4.1/1005', '6455/7.1.6/reason', ...ANSWER],
    send: [w.close()],
    expect: w.gotClose(undefined),
    reports: { code: 1005, reason: '' },
  },
  {
    id: '7.3.2',
    title: 'a body of one octet',
    section,
    rules: BODY,
    send: [w.close(undefined, 'a')],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '7.3.3',
    title: 'a body of two octets',
    section,
    rules: [...BODY, '6455/7.1.5/code'],
    send: [w.close(1000)],
    expect: w.gotClose(1000),
    reports: { code: 1000, reason: '' },
  },
  {
    id: '7.3.4',
    title: 'code and reason',
    section,
    rules: [...BODY, ...REASON, '6455/7.1.5/code'],
    send: [w.close(1001, 'Hello World!')],
    expect: w.gotClose(1001),
    reports: { code: 1001, reason: 'Hello World!' },
  },
  {
    id: '7.3.5',
    title: 'a reason of 123 octets',
    section,
    rules: [...REASON, '6455/5.5/control-length'],
    send: [w.close(1000, '*'.repeat(123))],
    expect: w.gotClose(1000),
    reports: { code: 1000, reason: '*'.repeat(123) },
  },
  {
    id: '7.3.6',
    title: 'a reason of 124 octets',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    send: [w.close(1000, '*'.repeat(124))],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '7.3.7',
    title: 'a reason of other letters',
    section,
    rules: REASON,
    send: [w.close(1000, 'κόσμε \u{1f600}')],
    expect: w.gotClose(1000),
    reports: { code: 1000, reason: 'κόσμε \u{1f600}' },
  },
  {
    id: '7.5.1',
    title: 'a reason that is not UTF-8',
    section,
    rules: [...REASON, '6455/8.1/utf8'],
    send: [w.close(1000, w.hex('cebae1bdb9cf83ceedb0bc656469746564'))],
    expect: w.INVALID_DATA,
  },
  {
    id: '7.5.2',
    title: 'a reason that ends inside a character',
    section,
    rules: [...REASON, '6455/8.1/utf8'],
    send: [w.close(1000, w.hex('61e282'))],
    expect: w.INVALID_DATA,
  },
];

const VALID_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];

/** 7.7: each legal code is answered with itself. 1012 to 1014 were registered with IANA after the RFC. */
const valid: readonly Case[] = VALID_CODES.map((code, i) => ({
  id: `7.7.${i + 1}`,
  title: `close code ${code}`,
  section: 'RFC 6455 7.4',
  rules: [...ANSWER, '6455/7.1.5/code', '6455/7.4.2/reserved'],
  send: [w.close(code)],
  expect: w.gotClose(code),
  reports: { code },
}));

const INVALID_CODES: readonly (readonly [code: number, rule: string])[] = [
  ...[0, 1, 999].map((code) => [code, '6455/7.4.2/unused'] as const),
  [1004, '6455/7.4.2/reserved'],
  [1005, '6455/7.4.1/1005'],
  [1006, '6455/7.4.1/1006'],
  [1015, '6455/7.4.1/1015'],
  ...[1016, 1100, 2000, 2999, 5000, 32768, 65535].map(
    (code) => [code, '6455/7.4.2/reserved'] as const,
  ),
];

/** 7.9 and 7.13: each illegal code is a protocol error. */
const invalid: readonly Case[] = INVALID_CODES.flatMap(([code, rule], i) => [
  {
    id: `7.9.${i + 1}`,
    title: `close code ${code}`,
    section: 'RFC 6455 7.4',
    rules: [rule],
    send: [w.close(code)],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: `7.9.${i + 1}a`,
    title: `close code ${code} with a reason`,
    section: 'RFC 6455 7.4',
    rules: [rule],
    send: [w.close(code, 'why')],
    expect: w.PROTOCOL_ERROR,
  },
]);

const START = ['6455/7.1.2/start', '6455/5.5.1/body', '6455/5.5.1/masked'];

/** What our own users may ask for. */
const ours: readonly Case[] = [
  {
    id: '7.20',
    title: 'close(code, reason)',
    section: 'RFC 6455 7.1.2',
    rules: [...START, '6455/7.1.5/code', '6455/5.5.1/close-tcp'],
    acts: [{ act: 'close', code: 4001, reason: 'bye κόσμε' }],
    expect: [{ kind: 'close', codes: [4001], reason: 'bye κόσμε' }],
    next: [{ send: [w.close(4001)], expect: [{ kind: 'end' }] }],
    reports: { code: 4001, reason: '' },
  },
  {
    id: '7.21',
    title: 'close() has no body',
    section: 'RFC 6455 7.1.2',
    rules: [...START, '6455/7.4.1/1005'],
    acts: [{ act: 'close' }],
    expect: [{ kind: 'close', codes: [undefined, 1000] }],
    next: [{ send: [w.close(1000)], expect: [{ kind: 'end' }] }],
    reports: { code: 1000 },
  },
  {
    id: '7.22',
    title: 'nothing is sent after our Close frame',
    section,
    rules: ['6455/5.5.1/no-data-after', '6455/6.1/open'],
    acts: [
      { act: 'close', code: 1000 },
      { act: 'send', data: 'late', refused: 'maybe' },
      { act: 'ping', data: '', refused: 'maybe' },
      { act: 'close', code: 1001, refused: 'maybe' },
    ],
    expect: [{ kind: 'close', codes: [1000] }],
    next: [
      { send: [w.text('crossing'), w.ping('crossing'), w.close(1000)], expect: [{ kind: 'end' }] },
    ],
  },
  {
    id: '7.23',
    title: 'what was sent before close() comes before the Close frame',
    section,
    rules: START,
    acts: [
      { act: 'send', data: 'x'.repeat(100_000) },
      { act: 'send', data: 'last' },
      { act: 'close', code: 1000 },
    ],
    expect: [w.gotText('x'.repeat(100_000)), w.gotText('last'), { kind: 'close', codes: [1000] }],
    next: [{ send: [w.close(1000)], expect: [{ kind: 'end' }] }],
  },
  {
    id: '7.24',
    title: 'Close frames that cross',
    section,
    rules: ['6455/5.5.1/answer', '6455/5.5.1/close-tcp', '6455/7.1.5/code'],
    acts: [{ act: 'close', code: 4001 }],
    send: [w.close(4002, 'mine')],
    expect: w.gotClose(4001),
    reports: { code: 4002, reason: 'mine' },
  },
  {
    id: '7.25',
    title: 'an answer that never comes',
    section: 'RFC 6455 7.1.1',
    rules: ['6455/7.1.5/1006'],
    options: { closeTimeout: 50 },
    acts: [{ act: 'close', code: 1000 }],
    expect: w.gotClose(1000),
    reports: { code: 1006 },
  },
  {
    id: '7.26',
    title: 'the connection breaks',
    section: 'RFC 6455 7.1.5',
    rules: ['6455/7.1.5/1006', '6455/7.2.1/lost', '6455/7.4.1/1006'],
    acts: [{ act: 'peer vanishes' }],
    expect: [{ kind: 'end' }],
    reports: { code: 1006, reason: '' },
  },
  {
    id: '7.27',
    title: 'TCP ends without a Close frame',
    section: 'RFC 6455 7.1.5',
    rules: ['6455/7.1.5/1006', '6455/7.2.1/lost', '6455/7.4.1/1006'],
    acts: [{ act: 'peer ends' }],
    expect: [{ kind: 'end' }],
    reports: { code: 1006, reason: '' },
  },
  {
    id: '7.28',
    title: 'TCP ends inside a frame',
    section: 'RFC 6455 7.1.5',
    rules: ['6455/7.1.5/1006', '6455/7.2.1/lost'],
    send: [w.text('Hello', { cut: 2 })],
    next: [{ acts: [{ act: 'peer ends' }], expect: [{ kind: 'end' }] }],
    reports: { code: 1006 },
  },
  {
    id: '7.29',
    title: 'a failed connection is reported with the code we sent or as abnormal',
    section: 'RFC 6455 7.1.5',
    rules: ['6455/7.1.5/1006'],
    send: [w.frame(3)],
    expect: w.PROTOCOL_ERROR,
    reports: { code: 1006 },
  },
];

const REFUSED_CODES: readonly (readonly [code: number, rule: string])[] = [
  [1005, '6455/7.4.1/1005'],
  [1006, '6455/7.4.1/1006'],
  [1015, '6455/7.4.1/1015'],
  [1004, '6455/7.4.2/reserved'],
  [0, '6455/7.4.2/unused'],
  [999, '6455/7.4.2/unused'],
  [2999, '6455/7.4.2/reserved'],
  [5000, '6455/7.4.2/reserved'],
];

/** The call throws, and the connection goes on. */
const refused: readonly Case[] = [
  ...REFUSED_CODES.map(([code, rule]): Case => ({
    id: `7.30.${code}`,
    title: `close(${code}) is refused`,
    section: 'RFC 6455 7.4',
    rules: [rule],
    acts: [{ act: 'close', code, refused: true }],
    send: [w.text('still open')],
    expect: [w.gotText('still open')],
  })),
  {
    id: '7.31',
    title: 'a reason of 124 octets is refused',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    acts: [{ act: 'close', code: 1000, reason: 'ü'.repeat(62), refused: true }],
    send: [w.text('still open')],
    expect: [w.gotText('still open')],
  },
];

export const CLOSING_CASES = [...order, ...bodies, ...valid, ...invalid, ...ours, ...refused];
