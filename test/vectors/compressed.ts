import { packed, stored } from './packed.js';
import { breaks, reads, type Vector } from './vector.js';
import { BINARY, CONTINUATION, FIN, hex, PING, RSV1, TEXT } from './wire.js';

const WORDS = 'the same words, the same words, the same words';
const PACKED = packed(WORDS);
const NOTHING = Buffer.alloc(0);
const NOISE = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 167) & 0xff));
const EMPTY_BLOCK = hex('00 00 00 ff ff');

/** Streams of one final block without content. */
function finalBlocks(count: number): Buffer[] {
  return Array.from({ length: count }, () => hex('03 00'));
}

/** RFC 7692: messages under permessage-deflate. */
export const COMPRESSED_VECTORS: readonly Vector[] = [
  ...reads('compressed text', (f) => [f(FIN | RSV1 | TEXT, PACKED)], [['text', WORDS]], {
    deflate: {},
  }),
  ...reads(
    'compressed binary',
    (f) => [f(FIN | RSV1 | BINARY, packed(hex('ff 00 ff')))],
    [['binary', hex('ff 00 ff')]],
    { deflate: {} },
  ),
  ...reads(
    'an uncompressed message between two compressed ones',
    (f) => [
      f(FIN | RSV1 | TEXT, hex('f2 48 cd c9 c9 07 00')),
      f(FIN | TEXT, 'plain'),
      f(FIN | RSV1 | TEXT, hex('f2 00 11 00 00')),
    ],
    [
      ['text', 'Hello'],
      ['text', 'plain'],
      ['text', 'Hello'],
    ],
    { deflate: {} },
  ),
  ...reads(
    'a compressed message in a fragment for each byte, pinged in between',
    (f) => [
      f(RSV1 | TEXT, ''),
      ...[...PACKED].flatMap((byte) => [f(0, Buffer.from([byte])), f(FIN | PING, '')]),
      f(FIN, ''),
    ],
    [...Array.from(PACKED, () => ['ping', NOTHING] as const), ['text', WORDS]],
    { deflate: {} },
  ),
  ...reads(
    'no bytes at all for an empty message, as Mojolicious sends it',
    (f) => [f(FIN | RSV1 | TEXT, ''), f(FIN | RSV1 | TEXT, PACKED)],
    [
      ['text', ''],
      ['text', WORDS],
    ],
    { deflate: {} },
  ),
  ...reads(
    'no bytes at all in two fragments',
    (f) => [f(RSV1 | BINARY, ''), f(FIN, '')],
    [['binary', NOTHING]],
    { deflate: {} },
  ),
  ...reads(
    'a window of 8 bits',
    (f) => [
      f(FIN | RSV1 | TEXT, stored(Buffer.from('abc'))),
      f(FIN | RSV1 | TEXT, packed('def', 9)),
    ],
    [
      ['text', 'abc'],
      ['text', 'def'],
    ],
    {
      deflate: { ownBits: 8, peerBits: 8, peerForgets: true },
    },
  ),
  ...reads(
    'a message that ended its stream, and one after it',
    (f) => [f(FIN | RSV1 | TEXT, hex('f3 48 cd c9 c9 07 00 00')), f(FIN | RSV1 | TEXT, PACKED)],
    [
      ['text', 'Hello'],
      ['text', WORDS],
    ],
    { deflate: {} },
  ),
  ...reads(
    'a stream that ends and begins again within a message',
    (f) => [f(FIN | RSV1 | TEXT, hex('f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00'))],
    [['text', 'HelloHello']],
    { deflate: {} },
  ),
  ...reads(
    'a compressed message of maxPayload bytes',
    (f) => [f(FIN | RSV1 | BINARY, packed(Buffer.alloc(1000)))],
    [['binary', Buffer.alloc(1000)]],
    { deflate: {}, limits: { maxPayload: 1000 } },
  ),
  ...reads(
    'maxPayload bytes that compression made longer',
    (f) => [f(FIN | RSV1 | BINARY, Buffer.concat([stored(NOISE), hex('00')]))],
    [['binary', NOISE]],
    { deflate: {}, limits: { maxPayload: NOISE.length } },
  ),
  ...reads(
    'maxPayload bytes, each flushed into a fragment of its own',
    (f) => [
      f(RSV1 | BINARY, ''),
      ...[...NOISE].map((byte) => f(0, Buffer.concat([stored(Buffer.from([byte])), EMPTY_BLOCK]))),
      f(FIN, hex('00')),
    ],
    [['binary', NOISE]],
    { deflate: {}, limits: { maxPayload: NOISE.length } },
  ),
  ...reads(
    'as many streams within a message as are read',
    (f) => [f(FIN | RSV1 | BINARY, Buffer.concat([...finalBlocks(4), hex('00')]))],
    [['binary', NOTHING]],
    { deflate: {} },
  ),

  ...breaks(
    'compressed-data-invalid',
    'more streams within a message than are read',
    (f) => [f(FIN | RSV1 | BINARY, Buffer.concat(finalBlocks(5)))],
    { deflate: {} },
  ),
  ...breaks(
    'message-too-big',
    'more compressed bytes than maxPayload bytes can need',
    (f) => [f(FIN | RSV1 | BINARY, NOTHING, { declared: 1200n })],
    { deflate: {}, limits: { maxPayload: 1000 } },
  ),
  ...breaks(
    'continuation-compressed',
    'a second fragment with RSV1',
    (f) => [f(RSV1 | TEXT, PACKED), f(FIN | RSV1 | CONTINUATION, '')],
    { deflate: {} },
  ),
  ...breaks(
    'continuation-compressed',
    'in a message that is not compressed',
    (f) => [f(TEXT, 'a'), f(RSV1 | CONTINUATION, 'b')],
    { deflate: {} },
  ),
  ...breaks('continuation-unexpected', 'with RSV1', (f) => [f(FIN | RSV1 | 0, 'a')], {
    deflate: {},
  }),
  ...['ff ff', '06 00', '00 01 00 01 00', '07'].flatMap((bytes) =>
    breaks('compressed-data-invalid', bytes, (f) => [f(FIN | RSV1 | BINARY, hex(bytes))], {
      deflate: {},
    }),
  ),
  ...breaks(
    'compressed-data-invalid',
    'a reference past the beginning of the window',
    (f) => [f(FIN | RSV1 | TEXT, hex('f2 00 11 00 00'))],
    { deflate: {} },
  ),
  ...breaks(
    'compressed-data-invalid',
    'a reference to a window the peer had to forget',
    (f) => [
      f(FIN | RSV1 | TEXT, hex('f2 48 cd c9 c9 07 00')),
      f(FIN | RSV1 | TEXT, hex('f2 00 11 00 00')),
    ],
    {
      deflate: { peerForgets: true },
      events: [
        ['text', 'Hello'],
        ['violation', 'compressed-data-invalid'],
      ],
    },
  ),
  ...breaks(
    'text-not-utf8',
    'inside a compressed message',
    (f) => [f(FIN | RSV1 | TEXT, packed(hex('61 ff')))],
    { deflate: {} },
  ),
  ...breaks(
    'text-not-utf8',
    'a compressed message that ends within a character',
    (f) => [f(FIN | RSV1 | TEXT, packed(hex('61 c3')))],
    { deflate: {} },
  ),
  ...breaks(
    'message-too-big',
    'one byte past maxPayload once inflated',
    (f) => [f(FIN | RSV1 | BINARY, packed(Buffer.alloc(1001)))],
    { deflate: {}, limits: { maxPayload: 1000 } },
  ),
  ...breaks(
    'message-too-big',
    'one byte past maxPayload in a second stream',
    (f) => [f(FIN | RSV1 | TEXT, hex('f3 48 cd c9 c9 07 00 52 04 00'))],
    { deflate: {}, limits: { maxPayload: 5 } },
  ),
  ...breaks(
    'message-too-big',
    'a bomb of 16 MiB',
    (f) => [f(FIN | RSV1 | BINARY, packed(Buffer.alloc(16 * 1024 * 1024)))],
    { deflate: {} },
  ),
];
