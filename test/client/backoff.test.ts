import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../../lib/client/connection/backoff.js';
import { isWorthRetrying } from '../../lib/client/connection/reconnect-rule.js';
import { CLOSE_CODES } from '../../lib/protocol/wsgate/close-codes.js';

const RANGE = { minMs: 500, maxMs: 30_000 };

describe('the delay between attempts', () => {
  it('has a bound that doubles, up to the maximum', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 2_000].map((n) => backoffDelay(n, RANGE, 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is anything from nothing to that bound', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat({ max: 5_000 }), random, (failures, chance) => {
        const delay = backoffDelay(failures, RANGE, chance);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(backoffDelay(failures, RANGE, 1));
      }),
    );
    expect(backoffDelay(9, RANGE, 0)).toBe(0);
  });
});

describe('whether another attempt can help', () => {
  it('is what the table of close codes says', () => {
    const told = Object.entries(CLOSE_CODES).map(([code, { reconnect }]) => {
      const isWorthIt = reconnect === 'at once' || reconnect === 'with backoff';
      return [Number(code), isWorthIt];
    });
    const done = told.map(([code]) => [
      code,
      isWorthRetrying({ code: code as number, reason: '', wasOpen: true }),
    ]);
    expect(done).toEqual(told);
  });
});
