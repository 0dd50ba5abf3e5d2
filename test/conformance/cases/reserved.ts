import type { Case } from './case.js';
import * as w from './words.js';

const RSV = ['6455/5.2/rsv', '7692/6/not-negotiated'];
const section = 'RFC 6455 5.2';
const FRAMES = [
  ['text', w.text('Hello')],
  ['binary', w.binary('Hello')],
  ['ping', w.ping('Hello')],
  ['pong', w.pong('Hello')],
  ['close', w.close(1000)],
] as const;

/** 3: every combination of reserved bits on every kind of frame, alone and after a good message. */
const bits: readonly Case[] = [1, 2, 3, 4, 5, 6, 7].flatMap((rsv) =>
  FRAMES.map(([name, frame]) => ({
    id: `3.${rsv}.${name}`,
    title: `RSV ${rsv} on ${name}`,
    section,
    rules: RSV,
    send: [{ ...frame, rsv }, w.ping()],
    expect: w.PROTOCOL_ERROR,
  })),
);

const inContext: readonly Case[] = [
  {
    id: '3.2',
    title: 'good text, text with RSV 2, ping',
    section,
    rules: [...RSV, '6455/7.1.7/deaf'],
    send: [w.text('Hello'), w.text('Hello', { rsv: 2 }), w.ping()],
    expect: [w.gotText('Hello'), ...w.PROTOCOL_ERROR],
  },
  {
    id: '3.8',
    title: 'RSV 4 on a continuation',
    section,
    rules: RSV,
    send: [w.text('Hel', { fin: false }), w.continuation('lo', { rsv: 4 }), w.ping()],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '3.9',
    title: 'a reserved bit is refused before the payload has come',
    section,
    rules: RSV,
    send: [w.binary(Buffer.alloc(1000), { rsv: 1, cut: 0 })],
    expect: w.PROTOCOL_ERROR,
  },
];

/** 4: every reserved opcode, with and without payload, after a good message too. */
const opcodes: readonly Case[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => {
  const group = opcode < 8 ? `4.1.${opcode - 2}` : `4.2.${opcode - 10}`;
  const rules = ['6455/5.2/opcode'];
  return [
    {
      id: group,
      title: `opcode ${opcode}`,
      section,
      rules,
      send: [w.frame(opcode), w.ping()],
      expect: w.PROTOCOL_ERROR,
    },
    {
      id: `${group}a`,
      title: `opcode ${opcode} with payload`,
      section,
      rules,
      send: [w.frame(opcode, 'reserved'), w.ping()],
      expect: w.PROTOCOL_ERROR,
    },
    {
      id: `${group}b`,
      title: `text, opcode ${opcode}, ping`,
      section,
      rules: [...rules, '6455/7.1.7/deaf'],
      send: [w.text('Hello'), w.frame(opcode, 'reserved'), w.ping()],
      expect: [w.gotText('Hello'), ...w.PROTOCOL_ERROR],
    },
    {
      id: `${group}c`,
      title: `opcode ${opcode} inside a fragmented message`,
      section,
      rules,
      send: [w.text('Hel', { fin: false }), w.frame(opcode), w.continuation('lo')],
      expect: w.PROTOCOL_ERROR,
    },
  ];
});

export const RESERVED_CASES = [...bits, ...inContext, ...opcodes];
