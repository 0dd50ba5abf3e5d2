import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClientMessage } from '../../../lib/protocol/wsgate/read-client-message.js';

const bad = (id: unknown, problem: string): unknown => ({ kind: 'bad', id, problem });
const TYPE = 'type must be a string: {type, id?, data?}';
const ID = 'id must be an integer, or a string of at most 256 characters';
const LONGEST = 'x'.repeat(256);
const CREDIT = 'credit must be an integer of 0 or more';
const N = 'n must be an integer of 1 or more';
const OBJECT = 'a message is an object: {type, id?, data?}';
const OP = 'unknown op; expected credit, cancel or ping';

/** Decoded values, and what they ask for. */
const ROWS: readonly (readonly [unknown, unknown])[] = [
  [{ type: 'a' }, { kind: 'event', type: 'a', data: undefined }],
  [
    { type: 'a', data: null },
    { kind: 'event', type: 'a', data: null },
  ],
  [
    { type: '', data: 0 },
    { kind: 'event', type: '', data: 0 },
  ],
  [
    { type: 'a', credit: 'unread' },
    { kind: 'event', type: 'a', data: undefined },
  ],
  [
    { type: 'a', id: 1 },
    { kind: 'call', type: 'a', id: 1, data: undefined, credit: Infinity },
  ],
  [
    { type: 'a', id: '', data: 1, credit: 0 },
    { kind: 'call', type: 'a', id: '', data: 1, credit: 0 },
  ],
  [
    { type: 'a', id: -(2 ** 53) + 1, credit: 9 },
    { kind: 'call', type: 'a', id: -(2 ** 53) + 1, data: undefined, credit: 9 },
  ],
  [
    { type: 'a', id: LONGEST },
    { kind: 'call', type: 'a', id: LONGEST, data: undefined, credit: Infinity },
  ],
  [
    { op: 'credit', id: 1, n: 1 },
    { kind: 'credit', id: 1, n: 1 },
  ],
  [
    { op: 'cancel', id: 'x' },
    { kind: 'cancel', id: 'x' },
  ],
  [{ op: 'ping' }, { kind: 'ping' }],
  [{ op: 'ping', type: 'a', id: 1 }, { kind: 'ping' }],
  ...[undefined, null, 1, 'x', true, [], [{ type: 'a' }], () => 1].map(
    (value) => [value, bad(undefined, OBJECT)] as const,
  ),
  ...[{}, { id: 1 }, { data: 1 }].map(
    (value) => [value, bad((value as { id?: number }).id, TYPE)] as const,
  ),
  ...[null, 1, true, {}, ['a']].map((type) => [{ type, id: 7 }, bad(7, TYPE)] as const),
  ...[null, 1.5, NaN, Infinity, 2 ** 53, true, {}, [], 1n, `${LONGEST}x`].map(
    (id) => [{ type: 'a', id }, bad(undefined, ID)] as const,
  ),
  ...[null, -1, 0.5, '1', Infinity, {}].map(
    (credit) => [{ type: 'a', id: 1, credit }, bad(1, CREDIT)] as const,
  ),
  ...[undefined, null, 0, -1, 0.5, '1', Infinity].map(
    (n) => [{ op: 'credit', id: 1, n }, bad(1, N)] as const,
  ),
  ...[undefined, null, 1.5, {}].map(
    (id) => [{ op: 'credit', id, n: 1 }, bad(undefined, 'credit needs the id of a call')] as const,
  ),
  ...[undefined, null, 1.5, {}].map(
    (id) => [{ op: 'cancel', id }, bad(undefined, 'cancel needs the id of a call')] as const,
  ),
  ...[null, 1, '', 'pong', 'reply', 'next', 'subscribe', '__proto__', 'constructor'].map(
    (op) => [{ op, id: 3, type: 'a' }, bad(3, OP)] as const,
  ),
  [{ op: 'resume' }, bad(undefined, OP)],
];

describe('a message of the client', () => {
  it.each(ROWS)('%o', (value, request) => {
    expect(readClientMessage(value)).toEqual(request);
  });

  it('has nothing it inherits', () => {
    expect(readClientMessage(Object.create({ type: 'a', id: 1 }))).toEqual(bad(undefined, TYPE));
    expect(readClientMessage(JSON.parse('{"__proto__":{"type":"a"}}'))).toEqual(
      bad(undefined, TYPE),
    );
    expect(readClientMessage(JSON.parse('{"type":"a","__proto__":{"id":1}}'))).toMatchObject({
      kind: 'event',
    });
  });

  it('never makes the reader throw', () => {
    const member = fc.constantFrom('type', 'op', 'id', 'n', 'credit', 'data', '__proto__');
    const value = fc.oneof(fc.constantFrom('ping', 'credit', 'cancel'), fc.anything());
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(member, value)), (message) => {
        expect(readClientMessage(message)).toHaveProperty('kind');
      }),
      { numRuns: 2_000 },
    );
  });
});
