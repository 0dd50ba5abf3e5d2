import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOfLargeJson } from '../../../lib/nest/session/codec/head-of-large-json.js';
import { handlerOf, startSessions } from './session-server.js';

/** Members and items at every depth, counted in what was parsed. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values: readonly unknown[] = Object.values(value);
  return values.reduce<number>((sum, each) => sum + countValues(each), values.length);
}

describe('JSON that holds too much', () => {
  it('is found by its text as it is by its values', () => {
    const texts = fc
      .tuple(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom('', ' ', '\n\t\r '))
      .map(([value, space]) => JSON.stringify(value, undefined, space));
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 30 }), (text, limit) => {
        const isTooMuch = countValues(JSON.parse(text)) > limit;
        expect(headOfLargeJson(text, limit) !== undefined).toBe(isTooMuch);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['brackets and commas in texts', '["[,{,]","\\"[,,,","\\\\",",\\\\\\","]', 4],
    ['a bracket that is closed at once', '[[],{},[ \t\r\n],{ }]', 4],
    ['a member that comes twice, each time', '{"a":1,"a":1}', 2],
  ])('counts %s', (_what, text, count) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(headOfLargeJson(text, count)).toBeUndefined();
    expect(headOfLargeJson(text, count - 1)).toBeDefined();
  });

  it.each([
    ['{"type":"a","id":1,"data":[1,2,3]}', '{"type":"a","id":1}'],
    [' \n{"type":"a,","data":{"b":[1,2]},"id":1}', ' \n{"type":"a,"}'],
    ['{"data":[1,2,3],"id":1}', '{}'],
    ['["type",{"id":1},2,3,4]', '{}'],
    ['"', undefined],
    ['{"data":"[,,,,,,,', undefined],
  ])('keeps what comes before: %s', (text, head) => {
    expect(headOfLargeJson(text, 3)).toBe(head);
  });

  it('is refused as soon as that shows, with its id, and not parsed', async () => {
    const server = await startSessions([handlerOf('echo', (data) => data)], {
      limits: { maxValues: 10 },
    });
    const client = await server.connect();
    client.send(`{"type":"echo","id":7,"data":[${'0,'.repeat(10)}no JSON`);
    expect(await client.take(1)).toMatchObject([
      { op: 'error', id: 7, error: { message: 'the message holds more than 10 values' } },
    ]);
  });
});
