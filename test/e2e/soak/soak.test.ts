import { expect, it } from 'vitest';
import { soak } from '../../soak/soak.mjs';

/** Half a minute of load, and the time it takes until the last visitor has gone, twice. */
const TIMEOUT = 180_000;

// The short one of `npm run soak`: the same visitors, the same verdict.
it(
  'nothing is left of visitors of every kind, and every answer was right',
  async () => {
    const { verdict } = await soak({ seconds: 8, connections: 100, seed: 1 });
    expect(verdict.filter(({ isRight }) => !isRight)).toEqual([]);
  },
  TIMEOUT,
);
