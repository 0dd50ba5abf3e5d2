import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../../../lib/protocol/wsgate/json-codec.js';
import { readServerMessage } from '../../../lib/protocol/wsgate/read-server-message.js';
import type { ServerMessage } from '../../../lib/protocol/wsgate/server-message.js';

const id = fc.oneof(fc.string(), fc.maxSafeInteger());
const data = fc.jsonValue();
const dropped = fc.integer({ min: 1 });
const error = fc.record(
  { code: fc.string(), message: fc.string(), status: fc.integer(), details: data },
  { requiredKeys: ['code', 'message'] },
);
const message: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({ op: fc.constant('reply' as const), id, data }, { requiredKeys: ['op', 'id'] }),
  fc.record(
    { op: fc.constant('next' as const), id, data, dropped },
    { requiredKeys: ['op', 'id', 'data'] },
  ),
  fc.record({ op: fc.constant('complete' as const), id, dropped }, { requiredKeys: ['op', 'id'] }),
  fc.record(
    { op: fc.constant('error' as const), id, error, dropped },
    { requiredKeys: ['op', 'error'] },
  ),
  fc.record(
    { op: fc.constant('goaway' as const), afterMs: fc.nat(), reason: fc.string() },
    { requiredKeys: ['op'] },
  ),
  fc.record({ type: fc.string(), data }, { requiredKeys: ['type'] }),
  fc.constant({ op: 'pong' as const }),
);

const write = (value: ServerMessage): string => String(jsonCodec.encode(value));

describe('a message of the server', () => {
  it('is written as plain JSON.stringify writes it', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(JSON.parse(write(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is read back', () => {
    fc.assert(
      fc.property(message, (value) => {
        const decoded: unknown = jsonCodec.decode(write(value), false);
        expect(JSON.stringify(readServerMessage(decoded))).toBe(
          JSON.stringify(readServerMessage(value)),
        );
        expect(readServerMessage(decoded)).toBeDefined();
      }),
    );
  });

  it.each([
    [{ op: 'reply', id: 'a"b', data: undefined }, '{"op":"reply","id":"a\\"b"}'],
    [{ op: 'next', id: 1, data: undefined }, '{"op":"next","id":1,"data":null}'],
    [{ op: 'next', id: 1, data: 'x', dropped: 2 }, '{"op":"next","id":1,"data":"x","dropped":2}'],
    [
      { op: 'error', id: undefined, error: { code: 'A', message: 'b' } },
      '{"op":"error","error":{"code":"A","message":"b"}}',
    ],
  ] as const)('%o is %s', (value, text) => {
    expect(write(value)).toBe(text);
  });

  it.each([
    null,
    [],
    1,
    'x',
    {},
    { type: 1 },
    { op: 'reply' },
    { op: 'next', id: 1.5 },
    { op: 'later', id: 1 },
    { op: 'error' },
    { op: 'error', error: null },
    { op: 'error', error: { code: 1, message: 'x' } },
    { op: 'error', id: {}, error: { code: 'A', message: 'x' } },
    Object.create({ op: 'pong' }),
    JSON.parse('{"__proto__":{"op":"pong"}}'),
  ])('is not %o', (value: unknown) => {
    expect(readServerMessage(value)).toBeUndefined();
  });
});
