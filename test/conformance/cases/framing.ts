import { BINARY, TEXT } from '../peer/frame.js';
import type { Case } from './case.js';
import * as w from './words.js';

const SIZES = [0, 125, 126, 127, 128, 65535, 65536];
const ECHO_RULES = [
  '6455/5.2/length-order',
  '6455/5.2/length-minimal',
  '6455/5.1/client-masks',
  '6455/5.1/server-never-masks',
  '6455/5.2/rsv-sent',
  '6455/5.3/algorithm',
  '6455/5.4/both-kinds',
  '6455/6.1/frame',
  '6455/6.1/opcode',
  '6455/6.1/fin',
  '6455/6.1/mask',
  '6455/6.1/transmit',
  '6455/6.2/parse',
  '6455/6.2/type',
  '6455/6.2/unmask',
  '6455/5.3/mask-bit',
];

/** Octets that are text as well, none like its neighbour, so that a wrong offset shows. */
export function pattern(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => 33 + ((i * 7 + (i >> 8)) % 94)));
}

/** 1.1 and 1.2: messages of every length form come back as they were. */
const echoes: readonly Case[] = SIZES.flatMap((size, i) => [
  {
    id: `1.1.${i + 1}`,
    title: `text of ${size} octets`,
    section: 'RFC 6455 5.2',
    rules: ECHO_RULES,
    send: [w.text(pattern(size))],
    expect: [w.gotText(pattern(size))],
  },
  {
    id: `1.2.${i + 1}`,
    title: `binary of ${size} octets`,
    section: 'RFC 6455 5.2',
    rules: ECHO_RULES,
    send: [w.binary(Buffer.alloc(size, 0xfe))],
    expect: [w.gotBinary(Buffer.alloc(size, 0xfe))],
  },
]);

const chopped: readonly Case[] = [
  {
    id: '1.1.8',
    title: 'text of 65536 octets, cut every 997',
    section: 'RFC 6455 6.2',
    rules: ['6455/6.2/parse'],
    deliver: [997],
    send: [w.text(pattern(65536))],
    expect: [w.gotText(pattern(65536))],
  },
  {
    id: '1.2.8',
    title: 'binary of 65536 octets, cut every 997',
    section: 'RFC 6455 6.2',
    rules: ['6455/6.2/parse'],
    deliver: [997],
    send: [w.binary(pattern(65536))],
    expect: [w.gotBinary(pattern(65536))],
  },
  {
    id: '1.2.9',
    title: 'a binary message is not taken for text',
    section: 'RFC 6455 5.6',
    rules: ['6455/6.1/opcode', '6455/6.2/type'],
    send: [w.binary(Buffer.from([0xff, 0x00, 0x80]))],
    expect: [w.gotBinary(Buffer.from([0xff, 0x00, 0x80]))],
  },
  {
    id: '1.3.1',
    title: 'the octets of the masked "Hello" example',
    section: 'RFC 6455 5.7',
    rules: ['6455/5.3/algorithm', '6455/6.2/unmask'],
    subject: 'server',
    send: [{ octets: w.hex('818537fa213d7f9f4d5158') }],
    expect: [w.gotText('Hello')],
  },
  {
    id: '1.3.2',
    title: 'the octets of the unmasked "Hello" example',
    section: 'RFC 6455 5.7',
    rules: ['6455/6.2/parse'],
    subject: 'client',
    send: [{ octets: w.hex('810548656c6c6f') }],
    expect: [w.gotText('Hello')],
  },
  {
    id: '1.3.3',
    title: 'two messages in the piece that TCP delivers',
    section: 'RFC 6455 6.2',
    rules: ['6455/6.2/parse', '6455/6.2/next-message'],
    send: [w.text('one'), w.binary('two'), w.text('three')],
    expect: [w.gotText('one'), w.gotBinary('two'), w.gotText('three')],
  },
  {
    id: '1.3.4',
    title: '500 messages come back in order',
    section: 'RFC 6455 6.1',
    rules: ['6455/6.1/transmit', '6455/6.2/next-message', '6455/5.4/order'],
    send: Array.from({ length: 500 }, (_, i) => w.text(`message ${i}`)),
    expect: Array.from({ length: 500 }, (_, i) => w.gotText(`message ${i}`)),
  },
  ...[
    [0, 0, 0, 0],
    [255, 255, 255, 255],
    [0, 0, 0, 1],
    [0x81, 0x80, 0, 0x88],
  ].map((key, i): Case => ({
    id: `1.3.${5 + i}`,
    title: `masked with ${key.join(' ')}`,
    section: 'RFC 6455 5.3',
    rules: ['6455/5.3/algorithm', '6455/6.2/unmask'],
    subject: 'server',
    send: [w.text(pattern(71), { mask: Buffer.from(key) })],
    expect: [w.gotText(pattern(71))],
  })),
];

/** Not in Autobahn: "the minimal number of bytes MUST be used to encode the length". */
const badLengths: readonly Case[] = (
  [
    [0, 16],
    [5, 16],
    [125, 16],
    [0, 64],
    [5, 64],
    [126, 64],
    [65535, 64],
  ] as const
).flatMap(([size, lengthForm], i) =>
  [TEXT, BINARY].map((opcode) => ({
    id: `1.4.${i + 1}${opcode === TEXT ? 't' : 'b'}`,
    title: `${opcode === TEXT ? 'text' : 'binary'}: length ${size} written with ${lengthForm} bits`,
    section: 'RFC 6455 5.2',
    rules: ['6455/5.2/length-minimal'],
    send: [w.frame(opcode, pattern(size), { lengthForm }), w.ping()],
    expect: w.PROTOCOL_ERROR,
  })),
);

const wrongFrames: readonly Case[] = [
  {
    id: '1.4.8',
    title: 'the highest bit of a 64-bit length is set',
    section: 'RFC 6455 5.2',
    rules: ['6455/5.2/length-msb'],
    send: [w.binary('', { lengthForm: 64, declaredLength: 2n ** 63n })],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '1.4.9',
    title: 'a 64-bit length that is all ones',
    section: 'RFC 6455 5.2',
    rules: ['6455/5.2/length-msb'],
    send: [w.binary('', { lengthForm: 64, declaredLength: 2n ** 64n - 1n })],
    expect: w.PROTOCOL_ERROR,
  },
  {
    id: '1.4.10',
    title: 'the largest legal length is too big, before any payload came',
    section: 'RFC 6455 7.4.1',
    rules: ['6455/5.2/length-order'],
    send: [w.binary('', { lengthForm: 64, declaredLength: 2n ** 63n - 1n })],
    expect: w.TOO_BIG,
  },
  ...[
    ['text', w.text('Hello')],
    ['binary', w.binary('Hello')],
    ['ping', w.ping('Hello')],
    ['pong', w.pong('Hello')],
    ['close', w.close(1000)],
    ['empty text', w.text('')],
  ].flatMap(([name, frame], i) =>
    wrongMask(`1.5.${i + 1}`, name as string, frame as ReturnType<typeof w.text>),
  ),
  {
    id: '1.5.7',
    title: 'an unmasked frame after a masked one',
    section: 'RFC 6455 5.1',
    rules: ['6455/5.1/unmasked'],
    subject: 'server',
    send: [w.text('right'), w.text('wrong', { mask: 'wrong' }), w.ping()],
    expect: [w.gotText('right'), ...w.PROTOCOL_ERROR],
  },
];

function wrongMask(id: string, name: string, frame: ReturnType<typeof w.text>): readonly Case[] {
  const send = [{ ...frame, mask: 'wrong' as const }, w.ping()];
  const section = 'RFC 6455 5.1';
  return [
    {
      id: `${id}s`,
      title: `${name} without a mask`,
      section,
      subject: 'server',
      send,
      rules: ['6455/5.1/unmasked', '6455/7.1.7/server-fails'],
      expect: w.PROTOCOL_ERROR,
    },
    {
      id: `${id}c`,
      title: `${name} with a mask`,
      section,
      subject: 'client',
      send,
      rules: ['6455/5.1/masked', '6455/7.1.7/client-fails'],
      expect: w.PROTOCOL_ERROR,
    },
  ];
}

export const FRAMING_CASES = [...echoes, ...chopped, ...badLengths, ...wrongFrames];
