import { BINARY, TEXT } from '../peer/frame.js';
import type { Case } from './case.js';
import { pattern } from './framing.js';
import * as w from './words.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const MEGABYTES_4 = pattern(4 * MIB);
const MEGABYTE = pattern(MIB);
const section = 'RFC 6455 5.4';
const rules = ['6455/5.4/both-kinds', '6455/5.2/length-order', '6455/6.2/parse'];

function sizeName(size: number): string {
  return size >= MIB ? `${size / MIB} MiB` : size >= KIB ? `${size / KIB} KiB` : `${size} octets`;
}

/** 9.1 and 9.2: large messages in one frame. */
const large: readonly Case[] = [64 * KIB, 256 * KIB, MIB, 4 * MIB].flatMap((size, i) => [
  {
    id: `9.1.${i + 1}`,
    title: `text of ${sizeName(size)}`,
    section,
    rules,
    send: [w.text(MEGABYTES_4.subarray(0, size))],
    expect: [w.gotText(MEGABYTES_4.subarray(0, size))],
  },
  {
    id: `9.2.${i + 1}`,
    title: `binary of ${sizeName(size)}`,
    section,
    rules,
    send: [w.binary(MEGABYTES_4.subarray(0, size))],
    expect: [w.gotBinary(MEGABYTES_4.subarray(0, size))],
  },
]);

/** 9.3 and 9.4: 4 MiB in fragments, from 64 octets (65,536 frames) on; the in-between sizes with less. */
const fragmented: readonly Case[] = [64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB].map(
  (size, i) => {
    const data = i === 0 || i >= 4 ? MEGABYTES_4 : MEGABYTE;
    const isText = i % 2 === 0;
    return {
      id: `9.${isText ? 3 : 4}.${i + 1}`,
      title: `${sizeName(data.length)} in fragments of ${sizeName(size)}`,
      section,
      rules,
      send: w.fragments(isText ? TEXT : BINARY, data, size),
      expect: [isText ? w.gotText(data) : w.gotBinary(data)],
    };
  },
);

/** 9.5 and 9.6: one frame that TCP delivers in small pieces. */
const chopped: readonly Case[] = [64, 128, 256, 512, KIB, 2 * KIB].map((size, i) => {
  const isText = i % 2 === 0;
  const data = MEGABYTE.subarray(0, size * 512);
  return {
    id: `9.${isText ? 5 : 6}.${i + 1}`,
    title: `${sizeName(data.length)} cut every ${sizeName(size)}`,
    section: 'RFC 6455 6.2',
    rules,
    deliver: [size],
    send: [isText ? w.text(data) : w.binary(data)],
    expect: [isText ? w.gotText(data) : w.gotBinary(data)],
  };
});

/** 9.7 and 9.8: many messages, one after the other is back and all at once. */
const many: readonly Case[] = [0, 16, 64, 256, KIB, 4 * KIB].flatMap((size, i) => {
  const data = MEGABYTE.subarray(0, size);
  const turns = Array.from({ length: 100 }, () => ({
    send: [w.text(data)],
    expect: [w.gotText(data)],
  }));
  return [
    {
      id: `9.7.${i + 1}`,
      title: `100 turns with ${sizeName(size)} of text`,
      section,
      rules,
      next: turns,
    },
    {
      id: `9.8.${i + 1}`,
      title: `500 binary messages of ${sizeName(size)} at once`,
      section,
      rules,
      send: Array.from({ length: 500 }, () => w.binary(data)),
      expect: Array.from({ length: 500 }, () => w.gotBinary(data)),
    },
  ];
});

const options = { maxPayload: MIB };

/** Our own limits: what is too big is refused when its length is known, not when it has been stored. */
const ours: readonly Case[] = [
  {
    id: '9.9.1',
    title: 'exactly maxPayload',
    section: 'RFC 6455 7.4.1',
    rules,
    options,
    send: [w.binary(MEGABYTE)],
    expect: [w.gotBinary(MEGABYTE)],
  },
  {
    id: '9.9.2',
    title: 'one octet more than maxPayload, refused at the header',
    section: 'RFC 6455 7.4.1',
    rules,
    options,
    send: [w.binary(Buffer.alloc(MIB + 1), { cut: 0 })],
    expect: w.TOO_BIG,
  },
  {
    id: '9.9.3',
    title: 'fragments that together are too big',
    section: 'RFC 6455 7.4.1',
    rules,
    options,
    send: [w.binary(MEGABYTE, { fin: false }), w.continuation('x', { cut: 0 })],
    expect: w.TOO_BIG,
  },
  {
    id: '9.9.4',
    title: 'fragments that together are exactly maxPayload',
    section: 'RFC 6455 7.4.1',
    rules,
    options,
    send: w.fragments(BINARY, MEGABYTE, 100_000),
    expect: [w.gotBinary(MEGABYTE)],
  },
];

export const LIMIT_CASES = [...large, ...fragmented, ...chopped, ...many, ...ours];
