import fc from 'fast-check';
import * as msgpackr from 'msgpackr';
import { Packr, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { headOfLargeMsgpack } from '../../../lib/nest/session/codec/head-of-large-msgpack.js';
import { createMsgpackCodec } from '../../../lib/nest/session/codec/msgpack-codec.js';
import { readRequest } from '../../../lib/nest/session/codec/read-request.js';

const { pack } = new Packr({ useRecords: false });

/** Members and items at every depth, counted in what was packed. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return 0;
  const values: readonly unknown[] = Object.values(value);
  return values.reduce<number>((sum, each) => sum + countValues(each), values.length);
}

describe('MessagePack that holds too much', () => {
  it('is found by its bytes as it is by its values', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.uint8Array({ maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        (json, bytes, limit) => {
          const value = { json, bytes };
          const isTooMuch = headOfLargeMsgpack(pack(value), limit) !== undefined;
          expect(isTooMuch).toBe(countValues(value) > limit);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    [
      { type: 'a', id: 1, data: [1, 2, 3] },
      { type: 'a', id: 1 },
    ],
    [{ data: { a: [1, 2, 3, 4] }, id: 1 }, {}],
    [['type', { id: 1 }, 2, 3, 4], {}],
  ])('keeps what comes before: %j', (value, head) => {
    const kept = headOfLargeMsgpack(pack(value), 4);
    expect(kept && (unpack(kept) as unknown)).toEqual(head);
  });

  it('is refused as soon as that shows, with its id, and not unpacked', () => {
    const whole = pack({ type: 'echo', id: 7, data: Array.from({ length: 20 }, () => 0) });
    const refused = { kind: 'bad', id: 7, problem: 'the message holds more than 10 values' };
    for (const bytes of [whole, whole.subarray(0, -5)]) {
      expect(readRequest(bytes, true, createMsgpackCodec(msgpackr), 10)).toEqual(refused);
    }
  });

  it('may announce as many values as there are numbers', () => {
    // {id: 7, data: a map of 2^32 - 1 members, ...
    const bytes = Buffer.concat([
      Buffer.from('83a2696407a464617461dfffffffff', 'hex'),
      Buffer.alloc(100),
    ]);
    expect(readRequest(bytes, true, createMsgpackCodec(msgpackr), 10)).toMatchObject({ id: 7 });
  });
});
