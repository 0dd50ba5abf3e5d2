import { once } from 'node:events';
import fc from 'fast-check';
import * as msgpackr from 'msgpackr';
import { pack, Packr, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { assertPlainMsgpack } from '../../../lib/nest/session/codec/assert-plain-msgpack.js';
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

describe('plain MessagePack', () => {
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
