import { breaks, reads, type Told, type Vector } from './vector.js';
import { BINARY, CONTINUATION, FIN, frame, PING, PONG, TEXT } from './wire.js';

const NOTHING = Buffer.alloc(0);
const TEN = '0123456789';

function pings(count: number): Told[] {
  return Array.from({ length: count }, (_, i) => ['ping', Buffer.from(String(i))]);
}

/** Limits of this end's own; RFC 6455 7.4.1 and 10.4. */
export const LIMIT_VECTORS: readonly Vector[] = [
  ...reads('a message of maxPayload bytes', (f) => [f(FIN | TEXT, TEN)], [['text', TEN]], {
    limits: { maxPayload: 10 },
  }),
  ...reads(
    'fragments of maxPayload bytes together, with pings that do not count',
    (f) => [f(TEXT, '01234'), f(FIN | PING, TEN), f(CONTINUATION, '56789'), f(FIN, '')],
    [
      ['ping', Buffer.from(TEN)],
      ['text', TEN],
    ],
    { limits: { maxPayload: 10 } },
  ),
  ...reads(
    'each message has maxPayload for itself',
    (f) => [f(FIN | TEXT, TEN), f(TEXT, '01234'), f(FIN, '56789'), f(FIN | TEXT, TEN)],
    [
      ['text', TEN],
      ['text', TEN],
      ['text', TEN],
    ],
    { limits: { maxPayload: 10 } },
  ),
  ...breaks('message-too-big', 'one byte past maxPayload', (f) => [f(FIN | TEXT, `${TEN}!`)], {
    limits: { maxPayload: 10 },
  }),
  ...breaks(
    'message-too-big',
    'past maxPayload across fragments',
    (f) => [f(BINARY, TEN), f(CONTINUATION, '!', { declared: 1n })],
    { limits: { maxPayload: 10 } },
  ),
  ...[2n ** 20n + 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 2n, 2n ** 63n - 1n].flatMap(
    (declared) =>
      breaks('message-too-big', `${declared} bytes declared, none sent`, (f) => [
        f(FIN | BINARY, NOTHING, { declared }),
      ]),
  ),
  ...breaks(
    'message-too-big',
    'more than memory can address, without a limit',
    (f) => [f(FIN | BINARY, NOTHING, { declared: 2n ** 53n })],
    { limits: { maxPayload: 0 } },
  ),
  ...breaks(
    'message-too-big',
    'text longer than a string can be, without a limit',
    (f) => [f(TEXT, 'a'), f(FIN, NOTHING, { declared: 2n ** 30n })],
    { limits: { maxPayload: 0 } },
  ),

  ...reads(
    'maxFragments fragments',
    (f) => [f(TEXT, 'a'), f(FIN | PING, ''), f(0, 'b'), f(FIN, 'c')],
    [
      ['ping', NOTHING],
      ['text', 'abc'],
    ],
    { limits: { maxFragments: 3 } },
  ),
  ...breaks(
    'too-many-fragments',
    'one more than maxFragments',
    (f) => [f(TEXT, 'a'), f(0, 'b'), f(0, 'c'), f(FIN, '')],
    { limits: { maxFragments: 3 } },
  ),
  ...breaks('too-many-fragments', 'empty ones count', (f) => [f(TEXT, ''), f(0, ''), f(0, '')], {
    limits: { maxFragments: 2 },
  }),
  ...reads(
    'a thousand fragments without a limit',
    (f) => [f(TEXT, ''), ...Array.from({ length: 999 }, () => f(0, 'x')), f(FIN, '')],
    [['text', 'x'.repeat(999)]],
    { limits: { maxFragments: 0, maxBufferedChunks: 0 } },
  ),

  ...reads(
    'maxBufferedChunks pieces',
    (f) => [f(TEXT, 'a'), f(0, 'b'), f(FIN, 'c')],
    [['text', 'abc']],
    { limits: { maxBufferedChunks: 3 }, isAboutChunks: true },
  ),
  ...breaks(
    'too-many-chunks',
    'one piece more than maxBufferedChunks',
    (f) => [f(TEXT, 'a'), f(0, 'b'), f(0, 'c'), f(FIN, '')],
    { limits: { maxBufferedChunks: 3 }, isAboutChunks: true },
  ),

  ...reads(
    'as many pings at once as may wait for an answer',
    (f) => pings(3).map(([, data]) => f(FIN | PING, data as Buffer)),
    pings(3),
    { limits: { maxPendingAutoPongs: 3 }, isAboutChunks: true },
  ),
  ...reads(
    'more pings at once than may wait: the last of the rest is answered',
    (f) => pings(9).map(([, data]) => f(FIN | PING, data as Buffer)),
    pings(9),
    {
      limits: { maxPendingAutoPongs: 3 },
      isAboutChunks: true,
      output: Buffer.concat(['0', '1', '2', '8'].map((data) => frame(FIN | PONG, data))),
    },
  ),
];
