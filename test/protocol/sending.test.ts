import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../lib/protocol/endpoint.js';
import { InvalidUse } from '../../lib/protocol/invalid-use.js';
import { prepareMessage } from '../../lib/protocol/message/prepared-message.js';
import type { Deflate, Told } from '../vectors/vector.js';
import { FIN, readFrames, RSV1, TEXT } from '../vectors/wire.js';
import {
  openEndpoint,
  otherRole,
  readAll,
  takeBytes,
  transfer,
  turnDeflate,
  ZLIBS,
} from './endpoints.js';

type Role = 'server' | 'client';

function openPair(role: Role, deflate?: Deflate, zlib?: string): [Endpoint, Endpoint] {
  const driver = { zlib: ZLIBS[zlib ?? 'DrivenZlib'] };
  return [
    openEndpoint({ role, deflate, ...driver }),
    openEndpoint({ role: otherRole(role), deflate: deflate && turnDeflate(deflate), ...driver }),
  ];
}

const ROLES = ['server', 'client'] as const;

describe.each(ROLES)('a %s', (role) => {
  it.each([0, 1, 125, 126, 4096, 16383, 16384, 16385, 65535, 65536, 200_000])(
    'sends %i bytes as text, binary, UTF-8 and prepared',
    (length) => {
      const [from, to] = openPair(role);
      const bytes = Buffer.alloc(length, 0x61);
      from.sendText('a'.repeat(length));
      from.sendBinary(bytes);
      from.sendUtf8(bytes);
      from.sendPrepared(prepareMessage(bytes));
      from.sendPrepared(prepareMessage('a'.repeat(length)));
      from.sendPrepared(prepareMessage(bytes, { binary: false }));
      const told = transfer(from, to).map(([type, data]) => [type, String(data)]);
      const text = 'a'.repeat(length);
      const types = ['text', 'binary', 'text', 'binary', 'text', 'text'];
      expect(told.every(([, data]) => data === text)).toBe(true);
      expect(told.map(([type]) => type)).toEqual(types);
    },
  );

  it.each([41, 42, 124, 125, 126, 21_840, 21_850, 5_457, 5_500])(
    'moves the text aside where %i characters need a longer header than ASCII',
    (length) => {
      const [from, to] = openPair(role);
      const texts = ['é', '€', '\u{1f98a}', '\ud800'].map((each) => each.repeat(length));
      for (const text of texts) from.sendText(text);
      const wellFormed = texts.map((text) => Buffer.from(text).toString());
      expect(transfer(from, to)).toEqual(wellFormed.map((text) => ['text', text]));
    },
  );

  it('does not change what it was given', () => {
    const [from] = openPair(role, {});
    const small = Buffer.alloc(100, 0x61);
    const large = Buffer.alloc(100_000, 0x61);
    const prepared = [prepareMessage(small), prepareMessage(large)];
    for (const compress of [true, false]) {
      from.sendBinary(small, { compress });
      from.sendBinary(large, { compress });
      for (const message of prepared) from.sendPrepared(message, { compress });
    }
    takeBytes(from);
    const all = [small, large, ...prepared.map(({ payload }) => payload)];
    expect(all.every((bytes) => bytes.every((byte) => byte === 0x61))).toBe(true);
  });

  it('masks each frame with another key, if it masks', () => {
    const [from] = openPair(role);
    for (let i = 0; i < 600; i++) from.sendBinary(Buffer.alloc(4));
    const wire = takeBytes(from);
    const frames = readFrames(wire);
    expect(frames.every(({ isMasked }) => isMasked === (role === 'client'))).toBe(true);
    if (role === 'server') return;
    const keys = frames.map((_, i) => wire.toString('hex', i * 10 + 2, i * 10 + 6));
    expect(new Set(keys).size).toBeGreaterThan(595);
  });

  it('refuses a control frame that is too long, and goes on', () => {
    const [from, to] = openPair(role);
    expect(() => from.sendPing(Buffer.alloc(126))).toThrow(InvalidUse);
    expect(() => from.sendPong(Buffer.alloc(126))).toThrow(InvalidUse);
    expect(() => from.sendClose(1000, 'r'.repeat(124))).toThrow(InvalidUse);
    expect(() => from.sendClose(1000, '€'.repeat(42))).toThrow(InvalidUse);
    expect(() => from.sendClose(undefined, 'why')).toThrow(InvalidUse);
    expect(from.state).toBe('open');
    from.sendClose(1000, '€'.repeat(41));
    expect(transfer(from, to)).toEqual([['close', 1000, '€'.repeat(41)]]);
  });

  it('sends nothing after its Close frame', () => {
    const [from] = openPair(role);
    from.sendClose(1000);
    takeBytes(from);
    const sends = [
      () => from.sendText(''),
      () => from.sendBinary(Buffer.alloc(0)),
      () => from.sendUtf8(Buffer.alloc(0)),
      () => from.sendPrepared(prepareMessage('')),
      () => from.sendPing(Buffer.alloc(0)),
      () => from.sendPong(Buffer.alloc(0)),
    ];
    for (const send of sends) expect(send).toThrow(InvalidUse);
    from.sendClose(1001);
    expect(takeBytes(from).length).toBe(0);
  });
});

describe('messages that are compressed', () => {
  it.each([
    ['a', 1024],
    ['я', 512],
    ['€', 342],
    ['😀', 256],
  ])(
    'are those of as many bytes as the threshold, where they are text of %s',
    (character, enough) => {
      const sent = [character.repeat(enough - 1), character.repeat(enough)];
      const from = openEndpoint({ role: 'server', deflate: {}, threshold: 1024 });
      for (const text of sent) {
        from.sendText(text);
        from.sendUtf8(Buffer.from(text));
      }
      const compressed = readFrames(takeBytes(from)).map(
        ({ firstByte }) => (firstByte & RSV1) !== 0,
      );
      expect(compressed).toEqual([false, false, true, true]);
    },
  );
});

describe.each(Object.keys(ZLIBS))('fragments compressed with %s', (zlib) => {
  const WORDS = 'hello, hello, hello, hello';

  it.each([
    ['an empty first fragment', ['', WORDS]],
    ['an empty last fragment', [WORDS, '']],
    ['an empty fragment in between', [WORDS, '', WORDS]],
    ['empty fragments only', ['', '', '']],
    ['empty fragments around', ['', '', WORDS, '', '']],
  ])('%s, three times, with and without takeover', (_, parts) => {
    for (const ownForgets of [false, true]) {
      const [from, to] = openPair('server', { ownForgets }, zlib);
      for (let round = 0; round < 3; round++) {
        parts.forEach((part, i) => from.sendText(part, { fin: i === parts.length - 1 }));
        expect(transfer(from, to)).toEqual([['text', parts.join('')]]);
      }
    }
  });

  it('are each their own while they wait, however large', () => {
    const [from, to] = openPair('server', {}, zlib);
    const messages = [1, 2, 3].map(() => randomBytes(40_000));
    for (const message of messages) from.sendBinary(message);
    const told = transfer(from, to).map(([, data]) => data as Buffer);
    expect(told.map((data, i) => data.equals(messages[i]))).toEqual([true, true, true]);
  });

  it('set RSV1 on the first frame only', () => {
    const [from] = openPair('server', {}, zlib);
    from.sendText(WORDS, { fin: false });
    from.sendPing(Buffer.alloc(0));
    from.sendText(WORDS, { fin: false });
    from.sendText(WORDS);
    const first = readFrames(takeBytes(from)).map(({ firstByte }) => firstByte);
    expect(first).toEqual([RSV1 | TEXT, FIN | 9, 0, FIN]);
  });

  it('any sequence of sends arrives, whatever is compressed', () => {
    const send = fc.record({
      parts: fc.array(fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme' })), {
        minLength: 1,
        maxLength: 5,
      }),
      kind: fc.constantFrom('text', 'binary', 'utf8', 'prepared'),
      compress: fc.boolean(),
    });
    const setup = fc.record({
      role: fc.constantFrom(...ROLES),
      ownForgets: fc.boolean(),
      ownBits: fc.integer({ min: 8, max: 15 }),
    });
    fc.assert(
      fc.property(setup, fc.array(send, { maxLength: 8 }), ({ role, ...deflate }, sends) => {
        const [from, to] = openPair(role, deflate, zlib);
        const expected: Told[] = [];
        for (const { parts, kind, compress } of sends) {
          parts.forEach((part, i) => sendPart(from, kind, part, compress, i === parts.length - 1));
          const text = parts.join('');
          expected.push(kind === 'binary' ? ['binary', Buffer.from(text)] : ['text', text]);
        }
        expect(transfer(from, to)).toEqual(expected);
        from.dispose();
        to.dispose();
      }),
      { numRuns: 150 },
    );
  });
});

function sendPart(
  from: Endpoint,
  kind: string,
  part: string,
  compress: boolean,
  fin: boolean,
): void {
  const bytes = Buffer.from(part);
  if (kind === 'binary') from.sendBinary(bytes, { compress, fin });
  else if (kind === 'utf8') from.sendUtf8(bytes, { compress, fin });
  else if (kind === 'prepared' && fin) from.sendPrepared(prepareMessage(part), { compress });
  else from.sendText(part, { compress, fin });
}

it('an endpoint reads what it would have sent itself', () => {
  const [server, client] = openPair('server');
  server.sendPing(Buffer.from('1'));
  expect(transfer(server, client)).toEqual([['ping', Buffer.from('1')]]);
  expect(transfer(client, server)).toEqual([['pong', Buffer.from('1')]]);
  client.sendClose(4000, 'bye');
  expect(transfer(client, server)).toEqual([['close', 4000, 'bye']]);
  expect(transfer(server, client)).toEqual([['close', 4000, 'bye']]);
  expect([server.state, client.state]).toEqual(['closed', 'closed']);
  expect(readAll(server)).toEqual([]);
});
