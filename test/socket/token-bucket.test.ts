import { describe, expect, it } from 'vitest';
import { InvalidUse } from '../../lib/protocol/invalid-use.js';
import { resolveRate } from '../../lib/socket/rate.js';
import { TokenBucket } from '../../lib/socket/token-bucket.js';

/** A bucket, and the hands of its clock. */
function bucketOf(perSecond: number, burst: number) {
  let now = 1_000_000;
  const bucket = new TokenBucket({ perSecond, burst }, () => now);
  return {
    bucket,
    pass: (milliseconds: number) => (now += milliseconds),
    /** How many there are, all of them taken. */
    takeAll(): number {
      let taken = 0;
      while (bucket.take()) taken += 1;
      return taken;
    },
  };
}

describe('a token bucket', () => {
  it('is full at first, and holds no more however long nobody asks', () => {
    const { pass, takeAll } = bucketOf(10, 25);
    expect(takeAll()).toBe(25);
    pass(3_600_000);
    expect(takeAll()).toBe(25);
  });

  it('gains what its rate says, in fractions too', () => {
    const { pass, takeAll } = bucketOf(10, 5);
    takeAll();
    pass(99);
    expect(takeAll()).toBe(0);
    pass(1);
    expect(takeAll()).toBe(1);
    pass(250);
    expect(takeAll()).toBe(2);
    pass(50);
    expect(takeAll()).toBe(1);
  });

  it('says when there will be one', () => {
    const { bucket, pass, takeAll } = bucketOf(0.5, 1);
    expect(bucket.retryAfterMs).toBe(0);
    takeAll();
    expect(bucket.retryAfterMs).toBe(2000);
    pass(1500);
    takeAll();
    expect(bucket.retryAfterMs).toBe(500);
    pass(bucket.retryAfterMs);
    expect(takeAll()).toBe(1);
  });

  it.each([1, 7, 8, 100, 1000])(
    'lets no more than an eighth above its burst of %i through, whenever it last looked at its clock',
    (burst) => {
      for (let before = 0; before < Math.min(burst, 40); before++) {
        const { bucket, pass, takeAll } = bucketOf(1, burst);
        for (let taken = 0; taken < before; taken++) bucket.take();
        pass(3_600_000);
        expect(takeAll()).toBeLessThanOrEqual(burst + Math.min(16, Math.floor(burst / 8)));
      }
    },
  );

  it('lets through what its rate says, in the long run', () => {
    const { bucket, pass } = bucketOf(50, 100);
    let taken = 0;
    // Twice the rate, for a minute.
    for (let at = 0; at < 6000; at++) {
      pass(10);
      if (bucket.take()) taken += 1;
    }
    expect(Math.abs(taken - (100 + 60 * 50))).toBeLessThanOrEqual(1);
  });
});

describe('a rate', () => {
  it.each([
    [0, undefined],
    [{ perSecond: 0, burst: 3 }, undefined],
    [20, { perSecond: 20, burst: 100 }],
    [0.1, { perSecond: 0.1, burst: 1 }],
    [
      { perSecond: 20, burst: 7 },
      { perSecond: 20, burst: 7 },
    ],
  ])('%j is %j', (given, resolved) => {
    expect(resolveRate('messageRate', given)).toEqual(resolved);
  });

  it.each([-1, NaN, Infinity, { perSecond: -1 }, { perSecond: 1, burst: 0 }, { perSecond: NaN }])(
    '%j is none',
    (given) => {
      expect(() => resolveRate('messageRate', given)).toThrow(InvalidUse);
      expect(() => resolveRate('messageRate', given)).toThrow(/^messageRate: /);
    },
  );
});
