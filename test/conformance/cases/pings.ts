import type { Case } from './case.js';
import * as w from './words.js';

const PONG = ['6455/5.5.2/pong', '6455/5.5.3/same-data', '6455/6.2/control'];
const section = 'RFC 6455 5.5.2';
const odd = Buffer.from([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]);
const ten = Array.from({ length: 10 }, (_, i) => `payload-${i}`);

/** 2: pings and pongs. */
export const PING_CASES: readonly Case[] = [
  {
    id: '2.1',
    title: 'ping without payload',
    section,
    rules: PONG,
    send: [w.ping()],
    expect: [w.gotPong()],
  },
  {
    id: '2.2',
    title: 'ping with text',
    section,
    rules: PONG,
    send: [w.ping('Hello, world!')],
    expect: [w.gotPong('Hello, world!')],
  },
  {
    id: '2.3',
    title: 'ping with octets that are not text',
    section,
    rules: PONG,
    send: [w.ping(odd)],
    expect: [w.gotPong(odd)],
  },
  {
    id: '2.4',
    title: 'ping of 125 octets',
    section,
    rules: [...PONG, '6455/5.5/control-length'],
    send: [w.ping(Buffer.alloc(125, 0xfe))],
    expect: [w.gotPong(Buffer.alloc(125, 0xfe))],
  },
  {
    id: '2.5',
    title: 'ping of 126 octets',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    send: [w.ping(Buffer.alloc(126, 0xfe)), w.ping()],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '2.5a',
    title: 'ping that claims 65536 octets',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    send: [w.ping('', { lengthForm: 64, declaredLength: 65536n })],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '2.5b',
    title: 'pong of 126 octets',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    send: [w.pong(Buffer.alloc(126, 0xfe)), w.ping()],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '2.6',
    title: 'ping of 125 octets, octet by octet',
    section,
    rules: PONG,
    deliver: [1],
    send: [w.ping(Buffer.alloc(125, 0xfe))],
    expect: [w.gotPong(Buffer.alloc(125, 0xfe))],
  },
  {
    id: '2.7',
    title: 'unsolicited pong without payload',
    section: 'RFC 6455 5.5.3',
    rules: ['6455/6.2/control'],
    send: [w.pong()],
    expect: [],
  },
  {
    id: '2.8',
    title: 'unsolicited pong with payload',
    section: 'RFC 6455 5.5.3',
    rules: ['6455/6.2/control'],
    send: [w.pong('unsolicited')],
    expect: [],
  },
  {
    id: '2.9',
    title: 'unsolicited pong, then a ping',
    section: 'RFC 6455 5.5.3',
    rules: PONG,
    send: [w.pong('unsolicited'), w.ping('Hello')],
    expect: [w.gotPong('Hello')],
  },
  {
    id: '2.10',
    title: 'ten pings',
    section,
    rules: PONG,
    send: ten.map((data) => w.ping(data)),
    expect: ten.map((data) => w.gotPong(data)),
  },
  {
    id: '2.11',
    title: 'ten pings, octet by octet',
    section,
    rules: PONG,
    deliver: [1],
    send: ten.map((data) => w.ping(data)),
    expect: ten.map((data) => w.gotPong(data)),
  },
  {
    id: '2.12',
    title: 'our own pings and pongs',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    acts: [
      { act: 'ping', data: 'a ping' },
      { act: 'pong', data: '' },
      { act: 'ping', data: Buffer.alloc(125) },
    ],
    expect: [w.gotPing('a ping'), w.gotPong(), w.gotPing(Buffer.alloc(125))],
  },
  {
    id: '2.13',
    title: 'our own ping of 126 octets is refused',
    section: 'RFC 6455 5.5',
    rules: ['6455/5.5/control-length'],
    acts: [
      { act: 'ping', data: Buffer.alloc(126), refused: true },
      { act: 'pong', data: Buffer.alloc(126), refused: true },
    ],
  },
];
