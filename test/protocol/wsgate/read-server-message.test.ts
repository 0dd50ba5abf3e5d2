import { describe, expect, it } from 'vitest';
import { readServerMessage } from '../../../lib/protocol/wsgate/read-server-message.js';

describe('afterMs', () => {
  it.each([
    ['0', undefined],
    ['10000', 10_000],
    ['1e999', undefined],
    ['-1e999', undefined],
    ['"10"', undefined],
    ['null', undefined],
  ])('%s is read as %s', (json, afterMs) => {
    const message: unknown = JSON.parse(`{"op":"goaway","afterMs":${json}}`);
    expect(readServerMessage(message)).toEqual({ op: 'goaway', afterMs, reason: undefined });
  });
});

describe('dropped', () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 53, '3', null, {}])(
    'is no count where it is %s',
    (dropped) => {
      const error = { code: 'OVERFLOW', message: 'too slow' };
      for (const op of ['next', 'complete', 'error']) {
        expect(readServerMessage({ op, id: 1, error, dropped })).toMatchObject({
          dropped: undefined,
        });
      }
    },
  );

  it('is a count where it is one', () => {
    expect(readServerMessage({ op: 'complete', id: 1, dropped: 3 })).toMatchObject({ dropped: 3 });
  });
});
