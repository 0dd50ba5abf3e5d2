import { PeerDeflate } from '../peer/deflate.js';
import { TEXT } from '../peer/frame.js';
import type { OutgoingFrame } from '../peer/peer.js';
import type { Case, DeflateSetup, Expected } from './case.js';
import { echoesOfNoise, jsonLike, noise, prose } from './samples.js';
import * as w from './words.js';

const SIZES = [16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072];
const INFLATE = [
  '7692/6.2/decompress',
  '7692/6.1/bit',
  '7692/6/sent',
  '7692/7.2.1/tail',
  '7692/7.2.2/tail',
];
const section = 'RFC 7692 7.2';

interface Sample {
  readonly name: string;
  readonly isText: boolean;
  readonly of: (size: number) => Buffer;
}

const SAMPLES: readonly Sample[] = [
  { name: 'JSON', isText: true, of: jsonLike },
  { name: 'words of many scripts', isText: true, of: prose },
  { name: 'noise', isText: false, of: noise },
  { name: 'zeros', isText: false, of: (size) => Buffer.alloc(size) },
];

function send({ isText }: Sample, data: Buffer): OutgoingFrame {
  return isText ? w.text(data, { compress: true }) : w.binary(data, { compress: true });
}

function expected({ isText }: Sample, data: Buffer): Expected {
  return isText ? w.gotText(data) : w.gotBinary(data);
}

/** The same message several times, so that the window counts. */
function repeated(sample: Sample, size: number): Pick<Case, 'send' | 'expect'> {
  const data = sample.of(size);
  const times = size <= 1024 ? 20 : 3;
  return {
    send: Array.from({ length: times }, () => send(sample, data)),
    expect: Array.from({ length: times }, () => expected(sample, data)),
  };
}

/** 12: echoes of each sample in each size. */
const echoes = SAMPLES.flatMap((sample, group) =>
  SIZES.map((size, i) => echoCase(`12.${group + 1}.${i + 1}`, sample, size)),
);

function echoCase(id: string, sample: Sample, size: number): Case {
  const rules = ['7692/7.2.2/takeover', ...INFLATE];
  const title = `${size} octets of ${sample.name}`;
  return { id, title, section, rules, deflate: {}, ...repeated(sample, size) };
}

/** 12.5: one message in fragments. */
const fragmented: readonly Case[] = [
  [8192, 256],
  [16384, 256],
  [32768, 256],
  [65536, 256],
  [131072, 256],
  [131072, 1024],
  [131072, 4096],
  [131072, 32768],
].map(([size, part], i) => ({
  id: `12.5.${i + 1}`,
  title: `${size} octets of JSON in fragments of ${part}`,
  section,
  rules: INFLATE,
  deflate: {},
  send: compressedFragments(size, part),
  expect: [w.gotText(jsonLike(size))],
}));

/** Fragments of the compressed message: those after the first are plain continuations. */
function compressedFragments(size: number, part: number): readonly OutgoingFrame[] {
  const direction = { contextTakeover: false, windowBits: 15 };
  const whole = new PeerDeflate(direction, direction).compress(jsonLike(size));
  const [first, ...others] = w.fragments(TEXT, whole, part);
  return [{ ...first, rsv: 4 }, ...others];
}

const FRESH = ['7692/7.2.1/client-fresh', '7692/7.2.1/server-fresh'];
const WINDOWS = ['7692/7.2.1/client-window', '7692/7.2.1/server-window'];
const FULL = ['7692/7.2.2/client-window', '7692/7.2.2/server-window', '7692/7.2.2/takeover'];

/** 13: what was agreed is kept, in both directions. The parameters stand in the offer and in the answer alike. */
const SETUPS: readonly (readonly [title: string, setup: DeflateSetup, rules: readonly string[]])[] =
  [
    ['nothing said', {}, FULL],
    ['client_no_context_takeover', both('client_no_context_takeover'), FRESH],
    ['server_no_context_takeover', both('server_no_context_takeover'), FRESH],
    [
      'no context takeover at all',
      both('client_no_context_takeover; server_no_context_takeover'),
      FRESH,
    ],
    ...[9, 10, 11, 12, 13, 14, 15].map(
      (bits) =>
        [
          `a server window of ${bits} bits`,
          both(`server_max_window_bits=${bits}`),
          WINDOWS,
        ] as const,
    ),
    ...[9, 10, 11, 12, 13, 14, 15].map(
      (bits) =>
        [
          `a client window of ${bits} bits`,
          both(`client_max_window_bits=${bits}`),
          WINDOWS,
        ] as const,
    ),
    [
      'the smallest windows, no takeover',
      both(
        'client_max_window_bits=9; server_max_window_bits=9; client_no_context_takeover; server_no_context_takeover',
      ),
      [...WINDOWS, ...FRESH],
    ],
    [
      'the largest windows, no takeover',
      both(
        'client_max_window_bits=15; server_max_window_bits=15; client_no_context_takeover; server_no_context_takeover',
      ),
      FRESH,
    ],
  ];

function both(parameters: string): DeflateSetup {
  const element = `permessage-deflate; ${parameters}`;
  return { offer: element, answer: element };
}

const parameters = SETUPS.flatMap(([title, deflate, rules], i) =>
  [0, 16, 256, 1024, 8192, 65536].map((size, j) => {
    const id = `13.${i + 1}.${j + 1}`;
    return size === 0
      ? farCase(id, title, deflate, rules)
      : agreedCase(id, title, deflate, rules, size);
  }),
);

function farCase(
  id: string,
  agreed: string,
  deflate: DeflateSetup,
  rules: readonly string[],
): Case {
  return {
    id,
    title: `${agreed}: distances up to 25,600`,
    section: 'RFC 7692 7.1',
    rules: [...rules, ...INFLATE],
    deflate,
    send: [1, 2].map(() => w.binary(echoesOfNoise(), { compress: true })),
    expect: [1, 2].map(() => w.gotBinary(echoesOfNoise())),
  };
}

function agreedCase(
  id: string,
  agreed: string,
  deflate: DeflateSetup,
  rules: readonly string[],
  size: number,
): Case {
  return {
    id,
    title: `${agreed}: ${size} octets of JSON`,
    section: 'RFC 7692 7.1',
    rules: [...rules, ...INFLATE],
    deflate,
    ...repeated(SAMPLES[0], size),
  };
}

const far = noise(32_000);

const ends: readonly Case[] = [
  {
    id: '13.40',
    title: 'a reference back over 32,000 octets, from message to message',
    section: 'RFC 7692 7.2.2',
    rules: FULL,
    deflate: {},
    send: [w.binary(far, { compress: true }), w.binary(far, { compress: true })],
    expect: [w.gotBinary(far), w.gotBinary(far)],
  },
  {
    id: '13.41',
    title: 'a long text of ours leaves compressed',
    section: 'RFC 7692 6.1',
    rules: ['7692/6.1/bit', '7692/7.2.1/tail'],
    deflate: {},
    acts: [{ act: 'send', data: jsonLike(20_000).toString() }],
    expect: [{ kind: 'message', type: 'text', data: jsonLike(20_000), compressed: true }],
  },
  {
    id: '13.42',
    title: 'without an agreement nothing leaves compressed',
    section: 'RFC 7692 6',
    rules: ['7692/6/not-negotiated', '6455/9.1/not-before', '6455/5.8/negotiated'],
    acts: [{ act: 'send', data: jsonLike(20_000).toString() }],
    expect: [{ kind: 'message', type: 'text', data: jsonLike(20_000), compressed: false }],
  },
];

export const COMPRESSION_ECHO_CASES = [...echoes, ...fragmented, ...parameters, ...ends];
