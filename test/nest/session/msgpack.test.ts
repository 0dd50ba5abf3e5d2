import { once } from 'node:events';
import fc from 'fast-check';
import * as msgpackr from 'msgpackr';
import { pack, Packr, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { assertPlainMsgpack } from '../../../lib/nest/session/codec/assert-plain-msgpack.js';
import { headOfLargeMsgpack } from '../../../lib/nest/session/codec/head-of-large-msgpack.js';
import { createMsgpackCodec } from '../../../lib/nest/session/codec/msgpack-codec.js';
import { WSGATE_V1_MSGPACK } from '../../../lib/protocol/wsgate/subprotocols.js';
import { handlerOf, startSessions } from './session-server.js';

const plain = new Packr({ useRecords: false });

/** Binary messages out, and the ones that come back. */
async function exchange(messages: readonly (Uint8Array | string)[]): Promise<unknown[]> {
  const server = await startSessions(
    [handlerOf('echo', (data) => data), handlerOf('nothing', () => undefined)],
    { codec: createMsgpackCodec(msgpackr) },
  );
  const socket = new WebSocket(server.url, [WSGATE_V1_MSGPACK]);
  await once(socket, 'open');
  expect(socket.protocol).toBe(WSGATE_V1_MSGPACK);
  const received: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer, isBinary) => {
      received.push(isBinary ? unpack(data) : String(data));
      if (received.length === messages.length) resolve();
    });
  });
  for (const message of messages) socket.send(message);
  await done;
  return received;
}

const coded = (code: string): unknown =>
  expect.objectContaining({ op: 'error', error: expect.objectContaining({ code }) as unknown });

describe('wsgate.v1.msgpack', () => {
  it('carries bytes, dates and everything JSON does', async () => {
    const data = {
      bytes: Buffer.from([0, 255, 1]),
      date: new Date(1_700_000_000_123),
      list: [1, -1, 1.5, 2 ** 40, true, null, 'ü'.repeat(300)],
    };
    const [reply] = await exchange([plain.pack({ type: 'echo', id: 1, data })]);
    expect(reply).toEqual({ op: 'reply', id: 1, data });
  });

  it('leaves absent members out', async () => {
    expect(
      await exchange([plain.pack({ type: 'nothing', id: 'a' }), plain.pack({ op: 'ping' })]),
    ).toEqual([{ op: 'reply', id: 'a' }, { op: 'pong' }]);
  });

  it('gives every item of a stream data, as JSON does', () => {
    const { encode } = createMsgpackCodec(msgpackr);
    const sent = unpack(Buffer.from(encode({ op: 'next', id: 1, data: undefined }))) as unknown;
    expect(sent).toEqual({ op: 'next', id: 1, data: null });
  });

  it('reads 64-bit integers exactly', async () => {
    const small = Buffer.from(
      '83a474797065a46563686fa26964cf0000000000000007a464617461cfffffffffffffffff',
      'hex',
    );
    expect(await exchange([small])).toEqual([{ op: 'reply', id: 7, data: 2n ** 64n - 1n }]);
  });

  it('takes no text, and nothing that is not one plain value', async () => {
    const records = new Packr({ useRecords: true }).pack({ type: 'echo', id: 1 });
    const bad = ['{"type":"echo","id":1}', Buffer.of(), Buffer.of(0xc1), records];
    expect(await exchange(bad)).toEqual(bad.map(() => coded('BAD_MESSAGE')));
  });
});

/** What is not plain MessagePack, in hex. */
const BROKEN: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['the token that is never used', 'c1'],
  ['two values', 'c0c0'],
  ['a string cut short', 'a3'],
  ['bytes longer than the message', 'c6ffffffff00'],
  ['an array longer than the message', 'ddffffffff'],
  ['a map longer than the message', 'dfffffffff'],
  ['a length cut short', 'dbff'],
  ['a float cut short', 'cb00'],
  ['a record definition of msgpackr', 'd4724091a16100'],
  ['a regular expression', 'c7007892a161a0'],
  ['a class of another kind', 'd70100000000000000000'.slice(0, 20)],
  ['an extension cut short', 'd6ff00'],
];

const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

interface Format {
  readonly name: string;
  /** Its first bytes. */
  readonly from: number;
  readonly to: number;
  /** What follows such a byte: the shortest that shows where the value ends. */
  readonly rest: (steps: number) => readonly number[];
  /** Members or items in it. */
  readonly values?: (steps: number) => number;
}

/** The formats of the specification's table. `steps` counts from the first of the first bytes. */
const FORMATS: readonly Format[] = [
  { name: 'positive fixint', from: 0x00, to: 0x7f, rest: () => [] },
  { name: 'fixmap', from: 0x80, to: 0x8f, rest: (n) => zeros(2 * n), values: (n) => n },
  { name: 'fixarray', from: 0x90, to: 0x9f, rest: zeros, values: (n) => n },
  { name: 'fixstr', from: 0xa0, to: 0xbf, rest: zeros },
  { name: 'nil', from: 0xc0, to: 0xc0, rest: () => [] },
  { name: 'false and true', from: 0xc2, to: 0xc3, rest: () => [] },
  { name: 'bin 8', from: 0xc4, to: 0xc4, rest: () => [3, 0, 0, 0] },
  { name: 'bin 16', from: 0xc5, to: 0xc5, rest: () => [1, 2, ...zeros(0x0102)] },
  { name: 'bin 32', from: 0xc6, to: 0xc6, rest: () => [0, 0, 1, 2, ...zeros(0x0102)] },
  { name: 'ext 8', from: 0xc7, to: 0xc7, rest: () => [2, 0xff, 0, 0] },
  { name: 'ext 16', from: 0xc8, to: 0xc8, rest: () => [0, 2, 0xff, 0, 0] },
  { name: 'ext 32', from: 0xc9, to: 0xc9, rest: () => [0, 0, 0, 2, 0xff, 0, 0] },
  { name: 'float 32 and 64', from: 0xca, to: 0xcb, rest: (n) => zeros(4 * 2 ** n) },
  { name: 'uint 8 to 64', from: 0xcc, to: 0xcf, rest: (n) => zeros(2 ** n) },
  { name: 'int 8 to 64', from: 0xd0, to: 0xd3, rest: (n) => zeros(2 ** n) },
  { name: 'fixext 1 to 16', from: 0xd4, to: 0xd8, rest: (n) => [0xff, ...zeros(2 ** n)] },
  { name: 'str 8', from: 0xd9, to: 0xd9, rest: () => [3, 0, 0, 0] },
  { name: 'str 16', from: 0xda, to: 0xda, rest: () => [1, 2, ...zeros(0x0102)] },
  { name: 'str 32', from: 0xdb, to: 0xdb, rest: () => [0, 0, 1, 2, ...zeros(0x0102)] },
  { name: 'array 16', from: 0xdc, to: 0xdc, rest: () => [0, 2, 0, 0], values: () => 2 },
  { name: 'array 32', from: 0xdd, to: 0xdd, rest: () => [0, 0, 0, 2, 0, 0], values: () => 2 },
  { name: 'map 16', from: 0xde, to: 0xde, rest: () => [0, 1, 0, 0], values: () => 1 },
  { name: 'map 32', from: 0xdf, to: 0xdf, rest: () => [0, 0, 0, 1, 0, 0], values: () => 1 },
  { name: 'negative fixint', from: 0xe0, to: 0xff, rest: () => [] },
];

describe('plain MessagePack', () => {
  it.each(FORMATS)('is all of $name, and its values are counted', (format) => {
    for (let token = format.from; token <= format.to; token += 1) {
      const steps = token - format.from;
      const pair = Buffer.from([0x92, token, ...format.rest(steps), 1]);
      assertPlainMsgpack(pair);
      expect(() => assertPlainMsgpack(pair.subarray(0, -1))).toThrow(RangeError);
      const values = 2 + (format.values?.(steps) ?? 0);
      expect(headOfLargeMsgpack(pair, values)).toBeUndefined();
      expect(headOfLargeMsgpack(pair, values - 1)).toBeDefined();
    }
  });

  it.each(BROKEN)('is not %s', (_name, hex) => {
    expect(() => assertPlainMsgpack(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });

  it('is nested 1000 deep at most', () => {
    const nested = (depth: number): Buffer =>
      Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(0xc0)]);
    expect(() => assertPlainMsgpack(nested(999))).not.toThrow();
    expect(() => assertPlainMsgpack(nested(1_000))).toThrow(RangeError);
    expect(() => assertPlainMsgpack(nested(1_000_000))).toThrow(RangeError);
  });

  it('is whatever a plain packer writes, whole, and no part of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.uint8Array(), (value, bytes) => {
        const packed = plain.pack({ value, bytes });
        assertPlainMsgpack(packed);
        for (let end = 0; end < packed.length; end += 1) {
          expect(() => assertPlainMsgpack(packed.subarray(0, end))).toThrow(RangeError);
        }
      }),
    );
  });

  it('never lets msgpackr see what it does not survive', () => {
    const { decode } = createMsgpackCodec(msgpackr);
    fc.assert(
      fc.property(fc.uint8Array({ size: 'max', maxLength: 400 }), (bytes) => {
        try {
          decode(bytes, true);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(unpack(pack(1))).toBe(1);
  });
});
